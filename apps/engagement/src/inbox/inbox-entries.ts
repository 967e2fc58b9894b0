import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId, newId, timeOfId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import type { InboxConversation } from './inbox-conversations.js';

/** `note` stays among the merchant's people; all others are posted to its endpoints as well. */
export type EntryKind = 'note' | 'owner_changed' | 'ticket_changed' | 'ticket_late' | 'labels_changed';

/** What happened in a conversation that the customer does not see. */
export interface InboxEntry {
  /** Time-ordered. */
  entryId: string;
  kind: EntryKind;
  body: Record<string, unknown>;
  /** `user:id`, `key:id`, `bot:id` or `paloma`. */
  madeBy: string;
}

/** The one writer of what happened in conversations; another system follows the inbox by what is told here. */
@Injectable()
export class InboxEntries {
  constructor(
    private readonly events: TenantEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async add(
    tx: Tx,
    tenantId: string,
    conversation: Pick<InboxConversation, 'conversationId' | 'contactId' | 'phoneNumberId' | 'customer'>,
    entry: Omit<InboxEntry, 'entryId'>,
  ): Promise<InboxEntry> {
    const entryId = newId(this.clock.now());
    const { conversationId, contactId, phoneNumberId, customer } = conversation;
    await tx.query(
      `INSERT INTO inbox_entries (tenant_id, entry_id, conversation_id, kind, body, made_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [tenantId, entryId, conversationId, entry.kind, JSON.stringify(entry.body), entry.madeBy],
    );
    if (entry.kind !== 'note') {
      const at = timeOfId(entryId);
      const data = { conversation_id: conversationId, contact_id: contactId, customer, ...entry.body };
      await this.events.publish(tx, tenantId, {
        eventId: derivedId(at, 'inbox_update', entryId),
        kind: 'inbox_update',
        phoneNumberId,
        customer,
        body: { object: 'paloma_engagement', event: entry.kind, at: at.toISOString(), by: entry.madeBy, data },
      });
    }
    return { entryId, ...entry };
  }

  /** Newest first. `before` is the id where the last page ended. */
  async list(
    tx: Tx,
    tenantId: string,
    conversationId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<InboxEntry[]> {
    return tx.query(
      `SELECT entry_id AS "entryId", kind, body, made_by AS "madeBy" FROM inbox_entries
        WHERE tenant_id = $1 AND conversation_id = $2 AND ($3::uuid IS NULL OR entry_id < $3)
        ORDER BY entry_id DESC LIMIT $4`,
      [tenantId, conversationId, page.before ?? null, page.limit],
    );
  }
}
