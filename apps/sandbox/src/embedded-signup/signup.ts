import type { Json, PhoneNumber, Waba } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Emitter } from '../webhooks/emitter.js';

export const SIGNUP_EVENTS = [
  'FINISH',
  'FINISH_ONLY_WABA',
  'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
  'CANCEL',
] as const;
export type SignupEvent = (typeof SIGNUP_EVENTS)[number];

/** Screens of the dialog, in order; where a person leaves, the event tells which (meta/onboarding.md §2). */
export const SIGNUP_STEPS = [
  'BUSINESS_ACCOUNT_SELECTION',
  'WABA_PHONE_PROFILE_PICKER',
  'WHATSAPP_BUSINESS_PROFILE_SETUP',
  'PHONE_NUMBER_SETUP',
  'PHONE_NUMBER_VERIFICATION',
  'PERMISSIONS',
] as const;

/** A code is good for 30 seconds (meta/onboarding.md §2). */
export const CODE_LIVES_MS = 30_000;

export interface SignupInput {
  event?: SignupEvent;
  appId?: string;
  /** An existing portfolio, WABA or number; else new ones are made. */
  businessId?: string;
  wabaId?: string;
  phoneNumberId?: string;
  businessName?: string;
  country?: string;
  currency?: string;
  timezone?: string;
  phoneNumber?: string;
  displayName?: string;
  /** For CANCEL: where the person left, or what they reported. */
  step?: string;
  errorMessage?: string;
  sessionVersion?: number;
}

export interface SignupResult {
  code: string | null;
  /** As Meta posts it to the opener, there as JSON text. */
  event: Json;
  businessId?: string;
  wabaId?: string;
  phoneNumberId?: string;
}

/** A mistake of the caller: an id that names nothing, a number someone has. */
export class SignupProblem extends Error {}

/** What finishing (or leaving) the Embedded Signup dialog does at Meta. */
export class Signup {
  constructor(
    private readonly world: World,
    private readonly emitter: Emitter,
  ) {}

  /** @throws SignupProblem */
  complete(input: SignupInput): SignupResult {
    const event = input.event ?? 'FINISH';
    const post = (data: Json): Json => ({
      data,
      type: 'WA_EMBEDDED_SIGNUP',
      event,
      version: input.sessionVersion ?? 3,
    });
    if (event === 'CANCEL') return { code: null, event: post(this.reasonToLeave(input)) };

    const app = this.world.get('app', input.appId ?? this.world.app.id);
    if (!app) throw new SignupProblem(`There is no app ${input.appId}.`);
    const waba = this.wabaFor(input);
    const number = event === 'FINISH_ONLY_WABA' ? undefined : this.numberFor(input, waba, event);
    const code = {
      value: this.world.ids.token('AQ'),
      appId: app.id,
      wabaId: waba.id,
      expiresAt: this.world.now() + CODE_LIVES_MS,
      used: false,
    };
    this.world.codes.set(code.value, code);
    this.emitter.partner(waba, app.id, 'PARTNER_ADDED');
    return {
      code: code.value,
      event: post({
        // Meta's samples name all three on FINISH and the WABA alone on the other two.
        ...(event === 'FINISH' && { phone_number_id: number?.id }),
        waba_id: waba.id,
        ...(event === 'FINISH' && { business_id: waba.businessId }),
      }),
      businessId: waba.businessId,
      wabaId: waba.id,
      phoneNumberId: number?.id,
    };
  }

  private reasonToLeave(input: SignupInput): Json {
    if (input.errorMessage === undefined) return { current_step: input.step ?? 'BUSINESS_ACCOUNT_SELECTION' };
    return {
      error_message: input.errorMessage,
      error_id: '524126',
      session_id: this.world.ids.trace(),
      timestamp: String(Math.floor(this.world.now() / 1000)),
    };
  }

  private wabaFor(input: SignupInput): Waba {
    if (input.wabaId !== undefined) {
      const waba = this.world.get('waba', input.wabaId);
      if (!waba) throw new SignupProblem(`There is no WhatsApp Business account ${input.wabaId}.`);
      return waba;
    }
    const business =
      input.businessId === undefined
        ? this.world.addPortfolio({ name: input.businessName ?? 'Sample Shop', country: input.country ?? 'US' })
        : this.world.get('business', input.businessId);
    if (!business) throw new SignupProblem(`There is no business portfolio ${input.businessId}.`);
    return this.world.addWaba({
      name: input.businessName ?? business.name,
      businessId: business.id,
      currency: input.currency ?? 'USD',
      timezone: input.timezone ?? 'America/Los_Angeles',
      country: input.country ?? business.country,
    });
  }

  /** The dialog makes and verifies the number; registering it is left to the partner, except with coexistence. */
  private numberFor(input: SignupInput, waba: Waba, event: SignupEvent): PhoneNumber {
    if (input.phoneNumberId !== undefined) {
      const number = this.world.get('phone_number', input.phoneNumberId);
      if (number?.wabaId !== waba.id)
        throw new SignupProblem(`The account has no phone number ${input.phoneNumberId}.`);
      return number;
    }
    const phone = input.phoneNumber ?? this.world.unusedPhone();
    const digits = phone.replace(/\D/g, '');
    if (digits.length < 7 || digits.length > 15) throw new SignupProblem(`${phone} is not a phone number.`);
    if (this.world.phoneByDigits.has(digits)) throw new SignupProblem(`${phone} is already in use.`);
    const coexistence = event === 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING';
    return this.world.addPhoneNumber({
      wabaId: waba.id,
      phone,
      verifiedName: input.displayName ?? waba.name,
      nameStatus: 'APPROVED',
      codeVerificationStatus: 'VERIFIED',
      ...(coexistence && { onBusinessApp: true, registered: true, status: 'CONNECTED' }),
    });
  }
}
