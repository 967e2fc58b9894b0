import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { OwnerKind } from './owner.js';

/** What goes on between one customer and one of the merchant's numbers. */
export interface InboxConversation {
  conversationId: string;
  contactId: string;
  phoneNumberId: string;
  /** Digits or a business-scoped user id: where replies go. */
  customer: string;
  ownerKind: OwnerKind;
  /** The user whose it is, when it is an agent's. */
  ownerAgent: string | null;
  /** Counts changes of the owner. */
  ownerTurn: number;
  teamId: string | null;
  skills: string[];
  labels: string[];
  unread: number;
  lastLineId: string;
  awayToldAt: Date | null;
  updatedAt: Date;
}

/** What a list of conversations may be narrowed by. */
export interface ConversationFilter {
  ownerKind?: OwnerKind | undefined;
  ownerAgent?: string | undefined;
  teamId?: string | undefined;
  label?: string | undefined;
  unsolved?: boolean | undefined;
  /** The lastLineId where the last page ended. */
  before?: string | undefined;
  limit: number;
}

const OWNER_KIND = `CASE WHEN c.owner_kind = 'agent' AND c.owner_agent IS NULL THEN 'nobody' ELSE c.owner_kind END`;
const COLUMNS = `c.conversation_id AS "conversationId", c.contact_id AS "contactId", c.phone_number_id AS "phoneNumberId",
  c.customer, ${OWNER_KIND} AS "ownerKind", c.owner_agent AS "ownerAgent", c.owner_turn::int AS "ownerTurn",
  c.team_id AS "teamId", c.skills, c.labels, c.unread, c.last_line_id AS "lastLineId", c.away_told_at AS "awayToldAt",
  c.updated_at AS "updatedAt"`;
const UNSOLVED = `EXISTS (SELECT FROM inbox_tickets t WHERE t.tenant_id = c.tenant_id
  AND t.conversation_id = c.conversation_id AND t.status IN ('open', 'pending'))`;

/** The one writer of conversations; whose they are is changed by `give-conversation.ts` alone. */
@Injectable()
export class InboxConversations {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * The conversation of a contact with a number, locked until the transaction ends; made when there is none. One that was begun
   * with a contact who has been merged into this one is continued.
   *
   * @param customer under what they are written to from now on
   */
  async open(
    tx: Tx,
    tenantId: string,
    who: { contactId: string; phoneNumberId: string; customer: string },
  ): Promise<InboxConversation> {
    const known = await this.ofContact(tx, tenantId, who);
    if (!known) {
      const now = this.clock.now();
      await tx.query(
        `INSERT INTO inbox_conversations (tenant_id, conversation_id, contact_id, phone_number_id, customer, owner_kind,
                                          last_line_id, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'nobody', $2, $6) ON CONFLICT DO NOTHING`,
        [tenantId, newId(now), who.contactId, who.phoneNumberId, who.customer, now],
      );
      return (await this.ofContact(tx, tenantId, who)) as InboxConversation;
    }
    if (known.customer === who.customer && known.contactId === who.contactId) return known;
    await tx.query(
      `UPDATE inbox_conversations SET customer = $3, contact_id = $4 WHERE tenant_id = $1 AND conversation_id = $2`,
      [tenantId, known.conversationId, who.customer, who.contactId],
    );
    return { ...known, customer: who.customer, contactId: who.contactId };
  }

  private async ofContact(
    tx: Tx,
    tenantId: string,
    { contactId, phoneNumberId }: { contactId: string; phoneNumberId: string },
  ): Promise<InboxConversation | undefined> {
    const [row]: InboxConversation[] = await tx.query(
      `SELECT ${COLUMNS} FROM inbox_conversations c
        WHERE c.tenant_id = $1 AND c.phone_number_id = $3
          AND c.contact_id IN (SELECT k.contact_id FROM contacts k
                                WHERE k.tenant_id = $1 AND (k.contact_id = $2 OR k.merged_into = $2))
        ORDER BY c.contact_id = $2 DESC, c.last_line_id DESC LIMIT 1 FOR UPDATE OF c`,
      [tenantId, contactId, phoneNumberId],
    );
    return row;
  }

  async find(tx: Tx, tenantId: string, conversationId: string): Promise<InboxConversation | undefined> {
    return this.one(tx, tenantId, conversationId, '');
  }

  /** The same, locked until the transaction ends: whose it is stays so. */
  async lock(tx: Tx, tenantId: string, conversationId: string): Promise<InboxConversation | undefined> {
    return this.one(tx, tenantId, conversationId, 'FOR UPDATE OF c');
  }

  private async one(tx: Tx, tenantId: string, id: string, lock: string): Promise<InboxConversation | undefined> {
    const [row]: InboxConversation[] = await tx.query(
      `SELECT ${COLUMNS} FROM inbox_conversations c WHERE c.tenant_id = $1 AND c.conversation_id = $2 ${lock}`,
      [tenantId, id],
    );
    return row;
  }

  /** Those in which something was written last come first. */
  async list(tx: Tx, tenantId: string, filter: ConversationFilter): Promise<InboxConversation[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM inbox_conversations c
        WHERE c.tenant_id = $1 AND ($2::uuid IS NULL OR c.last_line_id < $2)
          AND ($3::text IS NULL OR ${OWNER_KIND} = $3) AND ($4::uuid IS NULL OR c.owner_agent = $4)
          AND ($5::uuid IS NULL OR c.team_id = $5) AND ($6::text IS NULL OR $6 = ANY (c.labels))
          AND ($7::boolean IS NULL OR ${UNSOLVED} = $7)
        ORDER BY c.last_line_id DESC LIMIT $8`,
      [
        tenantId,
        filter.before ?? null,
        filter.ownerKind ?? null,
        filter.ownerAgent ?? null,
        filter.teamId ?? null,
        filter.label ?? null,
        filter.unsolved ?? null,
        filter.limit,
      ],
    );
  }

  /** Conversations that wait for people and are nobody's, the longest waiting first, locked; those that somebody handles now are left out. */
  async waiting(tx: Tx, tenantId: string, limit: number): Promise<InboxConversation[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM inbox_conversations c
         JOIN inbox_tickets w ON w.tenant_id = $1 AND w.conversation_id = c.conversation_id AND w.status = 'open'
        WHERE c.tenant_id = $1 AND ${OWNER_KIND} = 'nobody' ORDER BY w.ticket_id LIMIT $2 FOR UPDATE OF c SKIP LOCKED`,
      [tenantId, limit],
    );
  }

  /** Of these, those that are a bot's now, locked; those that somebody handles at this moment are left out. */
  async lockForSaying(tx: Tx, tenantId: string, ids: readonly string[]): Promise<InboxConversation[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM inbox_conversations c WHERE c.tenant_id = $1 AND c.conversation_id = ANY ($2::uuid[])
        ORDER BY c.conversation_id FOR UPDATE OF c SKIP LOCKED`,
      [tenantId, ids],
    );
  }

  async setOwner(
    tx: Tx,
    tenantId: string,
    { conversationId, ownerKind, ownerAgent, teamId, skills }: InboxConversation,
  ): Promise<void> {
    await tx.query(
      `UPDATE inbox_conversations SET owner_kind = $3, owner_agent = $4, team_id = $5, skills = $6,
              owner_turn = owner_turn + 1, updated_at = $7
        WHERE tenant_id = $1 AND conversation_id = $2`,
      [tenantId, conversationId, ownerKind, ownerAgent, teamId, skills, this.clock.now()],
    );
  }

  async setLabels(tx: Tx, tenantId: string, conversationId: string, labels: readonly string[]): Promise<void> {
    await tx.query(
      `UPDATE inbox_conversations SET labels = $3, updated_at = $4 WHERE tenant_id = $1 AND conversation_id = $2`,
      [tenantId, conversationId, labels, this.clock.now()],
    );
  }

  /** A message came or went. `unread`: how many more people have not read; null: all are read now. */
  async written(
    tx: Tx,
    tenantId: string,
    conversationId: string,
    { lineId, unread }: { lineId: string; unread: number | null },
  ): Promise<void> {
    await tx.query(
      `UPDATE inbox_conversations SET last_line_id = greatest(last_line_id, $3),
              unread = CASE WHEN $4::int IS NULL THEN 0 ELSE unread + $4 END, updated_at = $5
        WHERE tenant_id = $1 AND conversation_id = $2`,
      [tenantId, conversationId, lineId, unread, this.clock.now()],
    );
  }

  async read(tx: Tx, tenantId: string, conversationId: string): Promise<void> {
    await tx.query('UPDATE inbox_conversations SET unread = 0 WHERE tenant_id = $1 AND conversation_id = $2', [
      tenantId,
      conversationId,
    ]);
  }

  async toldAway(tx: Tx, tenantId: string, conversationId: string, at: Date): Promise<void> {
    await tx.query('UPDATE inbox_conversations SET away_told_at = $3 WHERE tenant_id = $1 AND conversation_id = $2', [
      tenantId,
      conversationId,
      at,
    ]);
  }
}
