import { Injectable } from '@nestjs/common';
import { Consents, consentEvent, purposeOf, Suppression } from '#libs/consent';
import type { MessageRow } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import type { TemplateStanding } from '#libs/templates';
import type { TenantEvent } from '#libs/tenant-events';
import { whyStopped } from '../messages/require-consent.js';
import { fieldsOf } from '../meta-inbound/fields.js';

/** Meta's refusal of marketing to who has stopped it by Meta's own switch (error page of 2025-12-12). */
const STOPPED_MARKETING = 131050;

/** Customers who opted out while something waited to be sent to them. */
@Injectable()
export class OptOuts {
  constructor(
    private readonly suppression: Suppression,
    private readonly consents: Consents,
  ) {}

  /**
   * Asks by the category that a template has at this moment: Meta may have made marketing of it since the message was accepted.
   *
   * @param standings of the messages' templates
   * @returns for each message that must not go any more, by id, why not
   */
  async since(
    tx: Tx,
    tenantId: string,
    messages: readonly Pick<MessageRow, 'messageId' | 'recipient' | 'templateId' | 'category'>[],
    standings: ReadonlyMap<string, TemplateStanding>,
  ): Promise<Map<string, string>> {
    const asked = messages.flatMap(({ messageId, recipient: customer, templateId, category }) => {
      const purpose = purposeOf(standings.get(templateId ?? '')?.category ?? category);
      return purpose ? [{ messageId, tenantId, customer, purpose }] : [];
    });
    const stops = await this.suppression.stops(tx, asked);
    return new Map(
      asked.flatMap((one, i) => {
        const stop = stops[i];
        return stop ? [[one.messageId, whyStopped(one, stop)] as const] : [];
      }),
    );
  }

  /** Remembers what Meta's refusal of a message says of its recipient. @returns what the tenant is to be told */
  async hear(tx: Tx, message: MessageRow, error: unknown, at: Date): Promise<TenantEvent[]> {
    const { tenantId, messageId, phoneNumberId, recipient } = message;
    const { code, fbtrace_id: trace } = fieldsOf(error);
    // A refusal of our own is traced by the message's id, and says nothing that is not known.
    if (code !== STOPPED_MARKETING || trace === messageId) return [];
    const changes = await this.consents.record(tx, tenantId, [
      {
        customers: [recipient],
        purpose: 'marketing',
        state: 'withdrawn',
        at,
        source: 'meta',
        proof: fieldsOf(error),
        fact: messageId,
      },
    ]);
    return changes.map((change) => consentEvent(change, { phoneNumberId }));
  }
}
