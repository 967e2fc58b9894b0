import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { GraphClient, type GraphRequest } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { countRegistration, Wabas } from '#libs/wabas';
import { factsOfNumber, type GraphNumber } from '../signups/graph-account.js';
import { lookAtNumber } from './look-at-number.js';
import { newPin } from './new-pin.js';
import type { NumberCare } from './number-care.entity.js';
import { leadsTo, type NumberCommand, type NumberState, whyNot } from './number-state.js';
import { type KnownNumber, NumberStore } from './number-store.js';
import { Numbers } from './numbers.js';
import { refuseAsMeta } from './refuse-as-meta.js';

/** What is kept here of a command once Meta agreed. */
interface Kept {
  pin?: string;
  dataRegion?: string;
  newDisplayName?: string;
}

/** What a command asks of Meta, and what is kept of it. */
interface Asked {
  request: Omit<GraphRequest, 'token'>;
  /** Counts among registrations. */
  registers?: boolean;
  keep?: Kept;
}

/** A command to which Meta agreed. */
interface Done {
  command: NumberCommand;
  to: NumberState;
  counted: Partial<NumberCare>;
  seen: Partial<GraphNumber>;
  kept: Kept;
}

/** Takes numbers through their life at Meta in the merchant's words, as the table of states allows. */
@Injectable()
export class NumberCommands {
  constructor(
    private readonly db: Database,
    private readonly graph: GraphClient,
    private readonly wabas: Wabas,
    private readonly numbers: Numbers,
    private readonly store: NumberStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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
      const region = given.dataRegion ? { dataRegion: given.dataRegion } : {};
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
        keep: { pin, ...region },
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
      keep: { pin },
    }));
  }

  /** Asks for another display name; it shows once Meta approved it and the number was registered again. */
  rename(tenantId: string, id: string, name: string): Promise<KnownNumber> {
    return this.command(tenantId, id, 'rename', () => ({
      request: { method: 'POST', path: `/${id}`, query: { new_display_name: name } },
      keep: { newDisplayName: name },
    }));
  }

  /** Gives a number up here. One that is live is deregistered first; in the merchant's WhatsApp Manager it stays. */
  async release(tenantId: string, id: string): Promise<void> {
    const known = await this.numbers.find(tenantId, id);
    mustBeAllowed(known, 'release');
    if (known.care.state === 'live') await this.deregister(tenantId, id);
    await this.db.inTenant(tenantId, async (tx) => {
      await this.store.change(tx, known.care, { state: 'released' });
      await this.wabas.release(tx, tenantId, known.number);
      await this.store.tell(tx, known.number, 'released');
    });
  }

  private async command(
    tenantId: string,
    id: string,
    command: NumberCommand,
    ask: (known: KnownNumber) => Asked | Promise<Asked>,
  ): Promise<KnownNumber> {
    const known = await this.numbers.find(tenantId, id);
    const to = mustBeAllowed(known, command);
    const { care } = known;
    const now = this.clock.now();
    const waitUntil = new Date(care.waits[command] ?? 0);
    if (waitUntil > now) throw waiting(command, waitUntil, now);
    const asked = await ask(known);
    const token = this.numbers.tokenOf(known.waba);
    if (asked.registers) {
      const { phoneNumberId } = known.number;
      const retryAt = await this.db.inTenant(tenantId, (tx) => countRegistration(tx, tenantId, phoneNumberId, now));
      if (retryAt) throw waiting(command, retryAt, now);
    }
    const counted: Partial<NumberCare> =
      command === 'request-code' ? { codesAsked: [...care.codesAsked, now].slice(-20), wrongCodes: 0 } : {};
    await this.keepCare(care, counted);
    try {
      await this.graph.call({ ...asked.request, token });
    } catch (error) {
      const refusal = refuseAsMeta(error);
      await this.keepCare(care, { ...counted, ...countRefusal(care, command, refusal, now) });
      throw refusal;
    }
    // The command is done whether or not Meta now shows the number.
    const seen = await lookAtNumber(this.graph, id, token).catch((): Partial<GraphNumber> => ({}));
    await this.keepDone(known, { command, to, counted, seen, kept: asked.keep ?? {} });
    return this.numbers.find(tenantId, id);
  }

  private async keepDone({ number, care }: KnownNumber, { command, to, counted, seen, kept }: Done): Promise<void> {
    const { tenantId, wabaId, metaPhoneNumberId, displayPhoneNumber } = number;
    await this.db.inTenant(tenantId, async (tx) => {
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
      // What Meta makes other commands wait for is not over because this one went.
      const { [command]: _over, ...waits } = care.waits;
      await this.store.change(tx, care, { ...counted, state: to, waits });
      if (to !== care.state) await this.store.tell(tx, number, to);
    });
  }

  private async keepPin({ number }: KnownNumber, pin: string): Promise<void> {
    const { tenantId, wabaId, metaPhoneNumberId, displayPhoneNumber } = number;
    await this.db.inTenant(tenantId, (tx) =>
      this.wabas.savePhoneNumber(tx, tenantId, { wabaId, metaPhoneNumberId, displayPhoneNumber, pin }),
    );
  }

  private async keepCare(care: NumberCare, change: Partial<NumberCare>): Promise<void> {
    if (Object.keys(change).length === 0) return;
    await this.db.inTenant(care.tenantId, (tx) => this.store.change(tx, care, change));
  }
}

/** What a refusal of Meta's leaves behind: a wrong code counts, and what is to be waited for is remembered. */
function countRefusal(care: NumberCare, command: NumberCommand, refusal: Refusal, now: Date): Partial<NumberCare> {
  const wait = refusal.more.retryAfterSeconds;
  return {
    ...(command === 'verify' && refusal.code === 'wrong_code' ? { wrongCodes: care.wrongCodes + 1 } : {}),
    ...(refusal.status === 429 && wait !== undefined
      ? { waits: { ...care.waits, [command]: new Date(now.getTime() + wait * 1_000).toISOString() } }
      : {}),
  };
}

/** @returns where the command leads @throws Refusal 409 */
function mustBeAllowed({ care, number }: KnownNumber, command: NumberCommand): NumberState {
  const to = leadsTo(care.state, command, number.coexistence);
  if (!to) throw new Refusal(409, 'wrong_state', whyNot(care.state, command, number.coexistence));
  return to;
}

function waiting(command: NumberCommand, until: Date, now: Date): Refusal {
  const code = command === 'register' || command === 'deregister' ? 'registration_limit' : 'wait_for_meta';
  return new Refusal(429, code, `Meta takes this again at ${until.toISOString()}.`, {
    retryAfterSeconds: (until.getTime() - now.getTime()) / 1_000,
  });
}
