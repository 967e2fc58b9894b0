import { Injectable } from '@nestjs/common';
import {
  type ConsentChange,
  type ConsentRules,
  ConsentSettings,
  Consents,
  consentEvent,
  HeedWishes,
  type NewConsent,
  type Wished,
  wishIn,
} from '#libs/consent';
import type { Tx } from '#libs/persistence';
import { Remembered } from '../channels/remembered.js';
import type { EventContext, NumberContext } from './event-context.js';
import { type Fields, fieldsOf, instantOf, listOf, nameOf, textOf } from './fields.js';

/** Meta's own switch, told when it stops a message (error page of 2025-12-12). */
const STOPPED_MARKETING = 131050;
const REMEMBER_MS = 5_000;

/**
 * What customers say of consent: by a word to the business, by Meta's own switch, or by a message that Meta refused because of
 * it. Recorded in the transaction that takes the webhook in, so the next send knows it. Everything may be said twice.
 */
@Injectable()
export class ApplyConsent {
  private readonly rules = new Remembered<ConsentRules>(REMEMBER_MS);

  constructor(
    private readonly consents: Consents,
    private readonly wishes: HeedWishes,
    private readonly settings: ConsentSettings,
  ) {}

  /** Messages and statuses of numbers of the tenant. */
  async apply(tx: Tx, tenantId: string, contexts: readonly NumberContext[]): Promise<void> {
    for (const context of contexts) {
      const wished = await this.wishesIn(tx, context);
      if (wished.length > 0) tell(context, await this.wishes.heed(tx, tenantId, wished));
      const refused = refusedIn(context);
      if (refused.length > 0) tell(context, await this.consents.record(tx, tenantId, refused));
    }
  }

  /** Field `user_preferences`: the customer used Meta's switch for marketing of this business (Meta, 2025-11-05). */
  async preferences(tx: Tx, context: EventContext): Promise<void> {
    const told = listOf(fieldsOf(context.change.value).user_preferences).flatMap((said): NewConsent[] => {
      const customers = namesIn(said.wa_id, said.user_id);
      const state = said.value === 'stop' ? 'withdrawn' : said.value === 'resume' ? 'granted' : undefined;
      if (customers.length === 0 || said.category !== 'marketing_messages' || !state) return [];
      return [byMeta(customers, state, instantOf(said.timestamp) ?? context.at, said)];
    });
    tell(context, await this.consents.record(tx, context.tenantId, told));
  }

  private async wishesIn(tx: Tx, { tenantId, change, at }: NumberContext): Promise<Wished[]> {
    const value = fieldsOf(change.value);
    const wished: Wished[] = [];
    for (const message of listOf(value.messages)) {
      const text = wordsOf(message);
      const metaMessageId = nameOf(message.id);
      const customers = writersOf(message, listOf(value.contacts));
      // What is said to a group is said to all, not to the business.
      if (text === undefined || !metaMessageId || customers.length === 0 || nameOf(message.group_id)) continue;
      const rules = await this.rules.get(tenantId, () => this.settings.of(tx, tenantId));
      const said = wishIn(text, rules && { stop: rules.stopWords, start: rules.startWords });
      // A button answers the message under which it stands; no chat link begins with one.
      const wish = said === 'offers' && message.type === 'button' ? 'yes' : said;
      if (wish) wished.push({ wish, customers, at: instantOf(message.timestamp) ?? at, metaMessageId, text });
    }
    return wished;
  }
}

/**
 * What a customer wrote, or the button of a template that they pressed ("Stop promotions"). Buttons and lists of interactive
 * messages are left out: they are a conversation's own menu, where "Salir" leaves a dialogue.
 */
function wordsOf(message: Fields): string | undefined {
  if (message.type === 'text') return textOf(fieldsOf(message.text).body);
  return message.type === 'button' ? textOf(fieldsOf(message.button).text) : undefined;
}

/** Everything that the message says its writer is known by. */
function writersOf(message: Fields, contacts: readonly Fields[]): string[] {
  const names = namesIn(message.from, message.from_user_id);
  const contact =
    contacts.find((c) => names.includes(String(c.wa_id)) || names.includes(String(c.user_id))) ??
    (contacts.length === 1 ? contacts[0] : undefined);
  return [...new Set([...names, ...namesIn(contact?.wa_id, contact?.user_id)])];
}

function refusedIn({ change, at }: NumberContext): NewConsent[] {
  return listOf(fieldsOf(change.value).statuses).flatMap((status): NewConsent[] => {
    const error = listOf(status.errors).find((e) => Number(e.code) === STOPPED_MARKETING);
    const customers = namesIn(status.recipient_id, status.recipient_user_id);
    if (!error || customers.length === 0) return [];
    return [byMeta(customers, 'withdrawn', instantOf(status.timestamp) ?? at, error)];
  });
}

const byMeta = (customers: string[], state: 'granted' | 'withdrawn', at: Date, proof: Fields): NewConsent => ({
  customers,
  purpose: 'marketing',
  state,
  at,
  source: 'meta',
  proof,
  fact: `meta ${customers[0]}`,
});

const namesIn = (...values: unknown[]): string[] => values.flatMap((value) => nameOf(value) ?? []);

function tell({ effects, wabaId, phoneNumberId }: EventContext, changes: readonly ConsentChange[]): void {
  for (const change of changes) effects.told.push(consentEvent(change, { wabaId, phoneNumberId }));
}
