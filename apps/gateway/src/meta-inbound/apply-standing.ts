import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { MetaApp } from '#libs/provider-settings';
import {
  type AccountDecision,
  liftRefusals,
  noteAccountDecision,
  type PhoneNumber,
  Standing,
  Wabas,
} from '#libs/wabas';
import type { EventContext } from './event-context.js';
import { idText, serialiseExact } from './exact-json.js';
import { type Fields, fieldsOf, textOf } from './fields.js';
import { HastenWaiting } from './hasten-waiting.js';

/** Whether an event of `account_update` ends or restores our access (account_update reference, 2025-12-05; coexistence, 2026-02-04). */
const ACCESS: Readonly<Record<string, boolean>> = {
  ACCOUNT_DELETED: false,
  ACCOUNT_OFFBOARDED: false,
  PARTNER_REMOVED: false,
  PARTNER_APP_UNINSTALLED: false,
  ACCOUNT_RECONNECTED: true,
  PARTNER_ADDED: true,
  PARTNER_APP_INSTALLED: true,
};

/**
 * What Meta decides about a WABA as a whole, or about a number by its digits: bans, restrictions and the loss of access stop
 * sends until Meta takes them back; violations are kept. All of it stays in the history.
 */
@Injectable()
export class ApplyStanding {
  constructor(
    private readonly wabas: Wabas,
    private readonly standing: Standing,
    private readonly hasten: HastenWaiting,
    private readonly metaApp: MetaApp,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param value of a change of field `account_update` */
  async apply(tx: Tx, context: EventContext, value: Fields): Promise<void> {
    const { tenantId, wabaId } = context;
    const event = textOf(value.event);
    if (!event || !wabaId) return;
    const number = await this.numberOf(tx, context, value);
    if (number === 'unknown') {
      context.effects.note = 'passed on: it names a number that we do not have';
      return;
    }
    const of = { wabaId, phoneNumberId: number?.phoneNumberId };
    switch (event) {
      case 'DISABLED_UPDATE': {
        const told = textOf(fieldsOf(value.ban_info).waba_ban_state);
        if (!told || !(await this.note(tx, context, of, 'ban', told))) return;
        if (told === 'DISABLE') await this.wabas.setBanned(tx, tenantId, wabaId, true);
        if (told === 'REINSTATE') await this.wabas.setBanned(tx, tenantId, wabaId, false);
        return;
      }
      case 'ACCOUNT_RESTRICTION':
        // What waited for the last restriction looks at this one, which may be its end.
        if (!(await this.note(tx, context, of, 'restriction', event))) return;
        await liftRefusals(tx, tenantId, of, this.clock.now());
        await this.hasten.ofWaba(tx, tenantId, wabaId);
        return;
      case 'ACCOUNT_VIOLATION':
        await this.note(tx, context, of, 'violation', event);
        return;
    }
    if (!Object.hasOwn(ACCESS, event) || this.isOfAnotherApp(value)) return;
    if (await this.note(tx, context, of, 'partner', event))
      await this.standing.setAccess(tx, tenantId, of, ACCESS[event] === true, this.clock.now());
  }

  /** A WABA may have two partners; the coming and going of the other one's app is not ours. */
  private isOfAnotherApp(value: Fields): boolean {
    return this.metaApp.isAnother(idText(fieldsOf(value.waba_info).partner_app_id));
  }

  private note(
    tx: Tx,
    { tenantId, at, change }: EventContext,
    of: Pick<AccountDecision, 'wabaId' | 'phoneNumberId'>,
    topic: AccountDecision['topic'],
    told: string,
  ): Promise<boolean> {
    const detail = serialiseExact(change.value);
    return noteAccountDecision(tx, tenantId, { ...of, topic, told: told.slice(0, 100), at, detail });
  }

  /** The number that the event names; undefined where it is about the WABA as a whole. */
  private async numberOf(tx: Tx, context: EventContext, value: Fields): Promise<PhoneNumber | undefined | 'unknown'> {
    const digits = String(value.phone_number ?? '').replace(/\D/g, '');
    if (!digits) return undefined;
    const numbers = await this.wabas.phoneNumbers(tx, context.tenantId);
    const isNamed = (n: PhoneNumber) => n.displayPhoneNumber.replace(/\D/g, '') === digits;
    return numbers.find((n) => n.wabaId === context.wabaId && isNamed(n)) ?? 'unknown';
  }
}
