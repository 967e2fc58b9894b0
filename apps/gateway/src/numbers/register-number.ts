import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import type { Caller } from '#libs/tenants';
import { countRegistration, Wabas } from '#libs/wabas';
import { refuse } from '../graph-envelope/refuse.js';
import { AskMeta, type ReachableNumber } from './ask-meta.js';

/** A number as Graph shows it (Meta, phone numbers, 2026-02-27), as far as it changes with registration. */
interface SeenNumber {
  verified_name?: string;
  status?: string;
  quality_rating?: string;
  throughput?: { level?: string };
  is_on_biz_app?: boolean;
  code_verification_status?: string;
}
const FIELDS = 'verified_name,status,quality_rating,throughput,is_on_biz_app,code_verification_status';

export type RegistrationStep = 'register' | 'deregister' | 'request_code' | 'verify_code';
/** What ends a number's place in the WhatsApp Business app; Meta takes such numbers by embedded signup (coexistence, 2025-11). */
const NOT_BESIDE_THE_APP: ReadonlySet<RegistrationStep> = new Set(['register', 'deregister', 'request_code']);

/** Takes a number through Meta's registration in the tenant's words, and keeps what we hold of it true. */
@Injectable()
export class RegisterNumber {
  constructor(
    private readonly meta: AskMeta,
    private readonly db: Database,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param body as the Cloud API takes it. `register` without a PIN uses the one that we hold of the number, which a
   *   tenant that was signed up by the onboarding app was never told
   * @returns Meta's answer
   * @throws Refusal as Meta refused; what we hold is unchanged then. Without asking Meta: 100 for a number that is in the
   *   WhatsApp Business app as well, whatever became of its connection, and 429 (133016) when ten registrations and
   *   deregistrations count already, also those of the onboarding app
   */
  async take(caller: Caller, metaPhoneNumberId: string, step: RegistrationStep, body: unknown): Promise<unknown> {
    this.meta.requireActive(caller);
    const reached = await this.meta.reach(caller, metaPhoneNumberId);
    mustNotBeInTheApp(reached, step);
    if (step === 'register' || step === 'deregister') await this.count(caller.tenantId, reached);
    const asked = step === 'register' ? this.withPin(reached, body) : body;
    const answer = await this.meta.call(reached, { method: 'POST', edge: step, body: asked });
    if (step !== 'request_code') await this.refresh(caller.tenantId, reached, step, asked);
    return answer;
  }

  private async count(tenantId: string, { number }: ReachableNumber): Promise<void> {
    const now = this.clock.now();
    const retryAt = await this.db.inTenant(tenantId, (tx) =>
      countRegistration(tx, tenantId, number.phoneNumberId, now),
    );
    if (!retryAt) return;
    throw refuse(
      'registration_limit',
      `Meta takes ten registrations and deregistrations of a number in 72 hours. Try again at ${retryAt.toISOString()}.`,
      (retryAt.getTime() - now.getTime()) / 1_000,
    );
  }

  private withPin({ number }: ReachableNumber, body: unknown): Record<string, unknown> {
    const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const held = given.pin === undefined ? this.wabas.pinOf(number) : undefined;
    return { messaging_product: 'whatsapp', ...given, ...(held === undefined ? {} : { pin: held }) };
  }

  private async refresh(
    tenantId: string,
    reached: ReachableNumber,
    step: RegistrationStep,
    body: unknown,
  ): Promise<void> {
    const { wabaId, metaPhoneNumberId, displayPhoneNumber } = reached.number;
    // The step is done whether or not Meta now shows the number; then what the step means must do.
    const seen = await this.meta
      .call<SeenNumber>(reached, { method: 'GET', edge: '', query: { fields: FIELDS } })
      .catch((): SeenNumber => ({}));
    const meant = step === 'register' ? 'CONNECTED' : step === 'deregister' ? 'DISCONNECTED' : undefined;
    const status = seen.status ?? meant;
    const pin = step === 'register' ? (body as { pin?: unknown }).pin : undefined;
    await this.db.inTenant(tenantId, async (tx) => {
      await this.wabas.savePhoneNumber(tx, tenantId, {
        wabaId,
        metaPhoneNumberId,
        displayPhoneNumber,
        ...(status === undefined ? {} : { status }),
        ...(seen.verified_name === undefined ? {} : { verifiedName: seen.verified_name }),
        ...(seen.quality_rating === undefined ? {} : { qualityRating: seen.quality_rating }),
        ...(seen.throughput?.level === undefined ? {} : { throughputLevel: seen.throughput.level }),
        ...(seen.is_on_biz_app === undefined ? {} : { coexistence: seen.is_on_biz_app }),
        ...(seen.code_verification_status === undefined ? {} : { codeStatus: seen.code_verification_status }),
        ...(typeof pin === 'string' || typeof pin === 'number' ? { pin: String(pin) } : {}),
      });
      // A signup may wait for this proof: the onboarding app looks at the account soon.
      if (step === 'verify_code') await this.wabas.describeWaba(tx, tenantId, wabaId, { lookedAt: null });
    });
  }
}

function mustNotBeInTheApp({ number }: ReachableNumber, step: RegistrationStep): void {
  if (!number.coexistence || !NOT_BESIDE_THE_APP.has(step)) return;
  throw refuse(
    'invalid_parameter',
    step === 'deregister'
      ? 'This number is in the WhatsApp Business app. End the connection there: Settings, Account, Business Platform.'
      : 'This number is in the WhatsApp Business app and takes no code or PIN. Connect it again by embedded signup, in the onboarding app.',
  );
}
