import { Injectable } from '@nestjs/common';
import { Consents, consentEvent, Suppression } from '#libs/consent';
import type { MessageRow } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import type { TenantEvent } from '#libs/tenant-events';
import { whyStopped } from '../messages/require-consent.js';
import { fieldsOf } from '../meta-inbound/fields.js';

/** Meta's refusal of marketing to who has stopped it by Meta's own switch (error page of 2025-12-12). */
const STOPPED_MARKETING = 131050;

/** Customers who opted out of marketing while it waited to be sent to them. */
@Injectable()
export class OptOuts {
  constructor(
    private readonly suppression: Suppression,
    private readonly consents: Consents,
  ) {}

  /** @returns for each message that must not go any more, by id, why not */
  async since(tx: Tx, tenantId: string, messages: readonly MessageRow[]): Promise<Map<string, string>> {
    const waited = messages.filter((m) => m.category === 'marketing');
    const stops = await this.suppression.stops(
      tx,
      waited.map((m) => ({ tenantId, customer: m.recipient, purpose: 'marketing' })),
    );
    return new Map(
      waited.flatMap((m, i) => {
        const stop = stops[i];
        return stop ? [[m.messageId, whyStopped(m.recipient, stop)] as const] : [];
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
