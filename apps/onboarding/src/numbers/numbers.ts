import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { GraphClient, GraphError, type GraphRequest } from '#libs/meta-cloud';
import { Database, type Tx } from '#libs/persistence';
import { countRegistration, type PhoneNumber, TakenByAnotherTenantError, type Waba, Wabas } from '#libs/wabas';
import { TellTenant } from '../events/tell-tenant.js';
import { digitsOf, factsOfNumber, type GraphNumber, numberById, putOnList } from '../signups/graph-account.js';
import { judgeNumber, type NumberJudgement, type UsedIn } from './judge-number.js';
import { newPin } from './new-pin.js';
import { NumberCare } from './number-care.entity.js';
import { leadsTo, type NumberCommand, type NumberState, stateSeen, whyNot } from './number-state.js';
import { refuseAsMeta } from './refuse-as-meta.js';

/** A number with what we know of its way. */
export interface KnownNumber {
  number: PhoneNumber;
  waba: Waba;
  care: NumberCare;
}

/** What a command asks of Meta, and what it changes here once Meta agreed. */
interface Asked {
  request: Omit<GraphRequest, 'token'>;
  /** Counts among registrations. */
  registers?: boolean;
  keep?: (known: KnownNumber) => { pin?: string; dataRegion?: string; newDisplayName?: string };
}

/** Takes numbers through their life at Meta in the merchant's words; the one writer of number_care. */
@Injectable()
export class Numbers {
  constructor(
    private readonly db: Database,
    private readonly graph: GraphClient,
    private readonly wabas: Wabas,
    private readonly tenant: TellTenant,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether a number could be connected by this tenant; Meta is not asked. */
  async judge(tenantId: string, written: string, usedIn?: UsedIn): Promise<NumberJudgement> {
    const first = judgeNumber(written);
    if (!first.phone) return first;
    const digits = digitsOf(first.phone);
    const own = await this.db.inTenant(tenantId, (tx) => this.wabas.phoneNumbers(tx, tenantId));
    return judgeNumber(written, {
      ...(usedIn ? { usedIn } : {}),
      isOurs: own.some((n) => digitsOf(n.displayPhoneNumber) === digits && n.status !== 'DELETED'),
      isAnotherTenants: await this.wabas.isWithAnotherTenant(tenantId, digits),
    });
  }

  async list(tenantId: string): Promise<KnownNumber[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const known: KnownNumber[] = [];
      for (const number of numbers) {
        const found = await this.known(tx, tenantId, number);
        if (found) known.push(found);
      }
      return known;
    });
  }

  /** @param metaId Meta's id of the number @throws Refusal 404 */
  async find(tenantId: string, metaId: string): Promise<KnownNumber> {
    const known = await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: metaId });
      return number && this.known(tx, tenantId, number);
    });
    if (!known) throw Refusal.notFound('phone number');
    return known;
  }

  /**
   * Puts a number on an account's list at Meta. A number that stands there already, because an answer was lost, is taken.
   *
   * @param as `migrate` brings it from another provider, where its two-step PIN must be off
   * @throws Refusal; nothing is kept then
   */
  async add(
    tenantId: string,
    as: { metaWabaId: string; phone: string; displayName: string; migrate: boolean },
  ): Promise<KnownNumber> {
    const waba = await this.db.inTenant(tenantId, (tx) => this.wabas.waba(tx, tenantId, { metaWabaId: as.metaWabaId }));
    if (!waba) throw Refusal.notFound('account');
    const token = this.tokenOf(waba);
    const metaId = await putOnList(this.graph, waba.metaWabaId, token, as).catch((error: unknown) => {
      throw refuseAsMeta(error);
    });
    if (!metaId) throw Refusal.invalid('phone: is not a number.');
    const seen = await this.look(metaId, token);
    await this.db
      .inTenant(tenantId, async (tx) => {
        const number = await this.wabas.savePhoneNumber(tx, tenantId, {
          wabaId: waba.wabaId,
          ...factsOfNumber({ display_phone_number: as.phone, verified_name: as.displayName, ...seen, id: metaId }),
        });
        const care = this.freshCare(number);
        await tx.getRepository(NumberCare).save({ ...care, state: 'added', migrates: as.migrate });
        await this.tell(tx, number, 'added');
      })
      .catch((error: unknown) => {
        if (!(error instanceof TakenByAnotherTenantError)) throw error;
        throw new Refusal(409, 'another_customer', 'Another customer here has this number.');
      });
    return this.find(tenantId, metaId);
  }

  requestCode(tenantId: string, id: string, method: 'SMS' | 'VOICE', language: string): Promise<KnownNumber> {
    const query = { code_method: method, language };
    return this.command(tenantId, id, 'request-code', () => ({
      request: { method: 'POST', path: `/${id}/request_code`, query },
    }));
  }

  verify(tenantId: string, id: string, code: string): Promise<KnownNumber> {
    return this.command(tenantId, id, 'verify', () => ({
      request: { method: 'POST', path: `/${id}/verify_code`, query: { code } },
    }));
  }

  /** @param given PIN of the merchant's own; else the one that we keep, else a new one */
  register(tenantId: string, id: string, given: { pin?: string; dataRegion?: string } = {}): Promise<KnownNumber> {
    return this.command(tenantId, id, 'register', async (known) => {
      const held = this.wabas.pinOf(known.number);
      const pin = given.pin ?? held ?? newPin();
      // A new one is kept before Meta hears of it: a PIN that only Meta knew would lock us out. One that was given may be
      // wrong, and must not take the place of a right one before Meta agreed.
      if (held === undefined) await this.keepPin(known, pin);
      return {
        registers: true,
        request: {
          method: 'POST',
          path: `/${id}/register`,
          body: {
            messaging_product: 'whatsapp',
            pin,
            ...(given.dataRegion ? { data_localization_region: given.dataRegion } : {}),
          },
        },
        keep: () => ({ pin, ...(given.dataRegion ? { dataRegion: given.dataRegion } : {}) }),
      };
    });
  }

  deregister(tenantId: string, id: string): Promise<KnownNumber> {
    return this.command(tenantId, id, 'deregister', () => ({
      registers: true,
      request: { method: 'POST', path: `/${id}/deregister`, body: {} },
    }));
  }

  /** Changes the two-step PIN; Meta does not ask for the old one (Meta, two-step verification, 2025-11). */
  setPin(tenantId: string, id: string, given?: string): Promise<KnownNumber> {
    const pin = given ?? newPin();
    return this.command(tenantId, id, 'set-pin', () => ({
      request: { method: 'POST', path: `/${id}`, body: { pin } },
      keep: () => ({ pin }),
    }));
  }

  /** Asks for another display name; it shows once Meta approved it and the number was registered again. */
  rename(tenantId: string, id: string, name: string): Promise<KnownNumber> {
    return this.command(tenantId, id, 'rename', () => ({
      request: { method: 'POST', path: `/${id}`, query: { new_display_name: name } },
      keep: () => ({ newDisplayName: name }),
    }));
  }

  /** Gives a number up here. One that is live is deregistered first; in the merchant's WhatsApp Manager it stays. */
  async release(tenantId: string, id: string): Promise<void> {
    const known = await this.find(tenantId, id);
    this.requireAllowed(known, 'release');
    if (known.care.state === 'live') await this.deregister(tenantId, id);
    await this.db.inTenant(tenantId, async (tx) => {
      await tx.getRepository(NumberCare).save({ ...known.care, state: 'released', updatedAt: this.clock.now() });
      await this.wabas.release(tx, tenantId, known.number);
      await this.tell(tx, known.number, 'released');
    });
  }

  /** Brings what we hold up to what Meta shows. @throws Refusal */
  async refresh(tenantId: string, id: string): Promise<KnownNumber> {
    const known = await this.find(tenantId, id);
    const seen = await this.look(id, this.tokenOf(known.waba));
    await this.keepSeen(tenantId, known, seen);
    return this.find(tenantId, id);
  }

  /** Keeps what Graph shows of a number, and tells the tenant when its state has changed by that. */
  async keepSeen(tenantId: string, known: KnownNumber, seen: Partial<GraphNumber>): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.savePhoneNumber(tx, tenantId, {
        wabaId: known.number.wabaId,
        ...factsOfNumber({
          display_phone_number: known.number.displayPhoneNumber,
          ...seen,
          id: known.number.metaPhoneNumberId,
        }),
      });
      const state = stateSeen(known.care.state, number);
      if (state === known.care.state) return;
      await tx.getRepository(NumberCare).save({ ...known.care, state, updatedAt: this.clock.now() });
      await this.tell(tx, number, state);
    });
  }

  /** The token with which Meta lets us act for an account. @throws Refusal 409 when there is none */
  tokenOf(waba: Waba): string {
    const token = this.wabas.tokenOf(waba);
    if (!token) throw new Refusal(409, 'access_lost', 'Meta does not let us act for this account. Connect it again.');
    return token;
  }

  private async command(
    tenantId: string,
    id: string,
    command: NumberCommand,
    ask: (known: KnownNumber) => Asked | Promise<Asked>,
  ): Promise<KnownNumber> {
    const known = await this.find(tenantId, id);
    const to = this.requireAllowed(known, command);
    const { care } = known;
    const now = this.clock.now();
    if (care.waitUntil && care.waitUntil > now && care.waitFor === command) throw this.waiting(command, care.waitUntil);
    const asked = await ask(known);
    const token = this.tokenOf(known.waba);
    if (asked.registers) {
      const { phoneNumberId } = known.number;
      const retryAt = await this.db.inTenant(tenantId, (tx) => countRegistration(tx, tenantId, phoneNumberId, now));
      if (retryAt) throw this.waiting(command, retryAt);
    }
    const counted: Partial<NumberCare> =
      command === 'request-code' ? { codesAsked: [...care.codesAsked, now].slice(-20), wrongCodes: 0 } : {};
    await this.saveCare(known, counted);
    try {
      await this.graph.call({ ...asked.request, token });
    } catch (error) {
      const refusal = refuseAsMeta(error);
      const wait = refusal.more.retryAfterSeconds;
      await this.saveCare(known, {
        ...counted,
        ...(command === 'verify' && refusal.code === 'wrong_code' ? { wrongCodes: care.wrongCodes + 1 } : {}),
        ...(refusal.status === 429 && wait !== undefined
          ? { waitUntil: new Date(now.getTime() + wait * 1_000), waitFor: command }
          : {}),
      });
      throw refusal;
    }
    const kept = asked.keep?.(known) ?? {};
    // The command is done whether or not Meta now shows the number.
    const seen = await this.look(id, token).catch((): Partial<GraphNumber> => ({}));
    await this.db.inTenant(tenantId, async (tx) => {
      const { wabaId, metaPhoneNumberId, displayPhoneNumber } = known.number;
      await this.wabas.savePhoneNumber(tx, tenantId, {
        wabaId,
        ...factsOfNumber({ display_phone_number: displayPhoneNumber, ...seen, id: metaPhoneNumberId }),
        ...(to === 'off' ? { status: 'DISCONNECTED' } : {}),
        ...(kept.newDisplayName && !seen.new_display_name
          ? { newDisplayName: kept.newDisplayName, newNameStatus: 'PENDING_REVIEW' }
          : {}),
        ...(kept.dataRegion ? { dataRegion: kept.dataRegion } : {}),
        ...(kept.pin ? { pin: kept.pin } : {}),
      });
      await tx
        .getRepository(NumberCare)
        .save({ ...care, ...counted, state: to, waitUntil: null, waitFor: null, updatedAt: this.clock.now() });
      if (to !== care.state) await this.tell(tx, known.number, to);
    });
    return this.find(tenantId, id);
  }

  private requireAllowed({ care }: KnownNumber, command: NumberCommand): NumberState {
    const to = leadsTo(care.state, command);
    if (!to) throw new Refusal(409, 'wrong_state', whyNot(care.state, command));
    return to;
  }

  private waiting(command: NumberCommand, until: Date): Refusal {
    const seconds = (until.getTime() - this.clock.now().getTime()) / 1_000;
    return new Refusal(
      429,
      command === 'register' || command === 'deregister' ? 'registration_limit' : 'wait_for_meta',
      `Meta takes this again at ${until.toISOString()}.`,
      { retryAfterSeconds: seconds },
    );
  }

  private async look(id: string, token: string): Promise<Partial<GraphNumber>> {
    try {
      return await numberById(this.graph, id, token);
    } catch (error) {
      if (error instanceof GraphError && error.code === 100 && error.subcode === 33) return { status: 'MIGRATED' };
      throw refuseAsMeta(error);
    }
  }

  private async keepPin({ number }: KnownNumber, pin: string): Promise<void> {
    const { tenantId, wabaId, metaPhoneNumberId, displayPhoneNumber } = number;
    if (this.wabas.pinOf(number) === pin) return;
    await this.db.inTenant(tenantId, (tx) =>
      this.wabas.savePhoneNumber(tx, tenantId, { wabaId, metaPhoneNumberId, displayPhoneNumber, pin }),
    );
  }

  private async saveCare({ care }: KnownNumber, change: Partial<NumberCare>): Promise<void> {
    if (Object.keys(change).length === 0) return;
    await this.db.inTenant(care.tenantId, (tx) =>
      tx.getRepository(NumberCare).save({ ...care, ...change, updatedAt: this.clock.now() }),
    );
  }

  private async known(tx: Tx, tenantId: string, number: PhoneNumber): Promise<KnownNumber | undefined> {
    const { phoneNumberId, wabaId } = number;
    const waba = await this.wabas.waba(tx, tenantId, { wabaId });
    if (!waba) return undefined;
    const held = await tx.getRepository(NumberCare).findOneBy({ tenantId, phoneNumberId });
    const care = held ?? this.freshCare(number);
    // A number may have become live, or have gone, by a signup, the Cloud API's own routes or Meta.
    return { number, waba, care: { ...care, state: stateSeen(held?.state, number) } };
  }

  private freshCare(number: PhoneNumber): NumberCare {
    return {
      tenantId: number.tenantId,
      phoneNumberId: number.phoneNumberId,
      state: stateSeen(undefined, number),
      migrates: false,
      codesAsked: [],
      wrongCodes: 0,
      waitUntil: null,
      waitFor: null,
      updatedAt: this.clock.now(),
    };
  }

  private async tell(tx: Tx, number: PhoneNumber, state: NumberState): Promise<void> {
    await this.tenant.tell(
      tx,
      number.tenantId,
      'number_update',
      { phone_number_id: number.metaPhoneNumberId, display_phone_number: number.displayPhoneNumber, state },
      { wabaId: number.wabaId, phoneNumberId: number.phoneNumberId },
    );
  }
}
