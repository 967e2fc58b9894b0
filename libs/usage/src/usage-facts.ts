import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';

/** What billing must know of one delivered message. */
export interface UsageFact {
  tenantId: string;
  messageId: string;
  phoneNumberId: string;
  wabaId: string;
  /** Digits of the number, or a business-scoped user id. */
  recipient: string;
  type: string;
  /** Category of the template at acceptance; null for free-form messages. Meta's is in `pricing`. */
  category: string | null;
  templateId: string | null;
  inWindow: boolean;
  /** Meta's block of the status as it came; null when no status carried one (yet). */
  pricing: Record<string, unknown> | null;
  /** By Meta's status; the instant of acceptance where no `sent` was seen. */
  sentAt: Date;
  /** The billing moment: earliest of delivered, read, played. */
  deliveredAt: Date;
}

export interface ParkedFact extends UsageFact {
  parkedReason: string;
}

const COLUMNS = `tenant_id AS "tenantId", message_id AS "messageId", phone_number_id AS "phoneNumberId",
  waba_id AS "wabaId", recipient, type, category, template_id AS "templateId", in_window AS "inWindow", pricing,
  sent_at AS "sentAt", delivered_at AS "deliveredAt"`;

/**
 * The one writer of usage facts. A fact is written when a status first proves delivery and completed by later statuses
 * (Meta's order is not guaranteed) until it is rated; from then on it does not change.
 */
@Injectable()
export class UsageFacts {
  /**
   * Writes the fact, or completes the one that is there: the earliest instants and the first pricing block stay, so the
   * statuses of a message make the same fact in whatever order they come.
   */
  async record(tx: Tx, fact: UsageFact): Promise<void> {
    await tx.query(
      `INSERT INTO usage_facts AS f (tenant_id, message_id, phone_number_id, waba_id, recipient, type, category,
                                     template_id, in_window, pricing, sent_at, delivered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (tenant_id, message_id) DO UPDATE SET
         pricing = coalesce(f.pricing, excluded.pricing),
         delivered_at = least(f.delivered_at, excluded.delivered_at),
         status = 'new', parked_reason = NULL
       WHERE f.status <> 'rated'
         AND (f.pricing IS NULL AND excluded.pricing IS NOT NULL OR excluded.delivered_at < f.delivered_at)`,
      [
        fact.tenantId,
        fact.messageId,
        fact.phoneNumberId,
        fact.wabaId,
        fact.recipient,
        fact.type,
        fact.category,
        fact.templateId,
        fact.inWindow,
        fact.pricing === null ? null : JSON.stringify(fact.pricing),
        fact.sentAt,
        fact.deliveredAt,
      ],
    );
  }

  /**
   * A `sent` that comes after the delivery: its instant, and its pricing block where the delivery had none.
   *
   * @returns whether there is a fact that learned from it
   */
  async learn(
    tx: Tx,
    tenantId: string,
    messageId: string,
    sent: { sentAt: Date; pricing: Record<string, unknown> | null },
  ): Promise<boolean> {
    const [, count] = await tx.query(
      `UPDATE usage_facts SET
         sent_at = $3,
         status = CASE WHEN pricing IS NULL AND $4::jsonb IS NOT NULL THEN 'new' ELSE status END,
         parked_reason = CASE WHEN pricing IS NULL AND $4::jsonb IS NOT NULL THEN NULL ELSE parked_reason END,
         pricing = coalesce(pricing, $4::jsonb)
        WHERE tenant_id = $1 AND message_id = $2 AND status <> 'rated'`,
      [tenantId, messageId, sent.sentAt, sent.pricing === null ? null : JSON.stringify(sent.pricing)],
    );
    return count > 0;
  }

  /** Takes facts that nobody has rated, oldest first; they stay locked until the caller's transaction ends. */
  async takeNew(tx: Tx, tenantId: string, limit: number): Promise<UsageFact[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM usage_facts WHERE tenant_id = $1 AND status = 'new'
        ORDER BY message_id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [tenantId, limit],
    );
  }

  async markRated(tx: Tx, tenantId: string, ...messageIds: string[]): Promise<void> {
    await tx.query(
      `UPDATE usage_facts SET status = 'rated', parked_reason = NULL
        WHERE tenant_id = $1 AND message_id = ANY($2::uuid[])`,
      [tenantId, messageIds],
    );
  }

  /** Puts a fact aside in sight of staff; @param reason `snake_case`, e.g. `no_rate` */
  async park(tx: Tx, tenantId: string, messageId: string, reason: string): Promise<void> {
    await tx.query(
      `UPDATE usage_facts SET status = 'parked', parked_reason = $3
        WHERE tenant_id = $1 AND message_id = $2 AND status = 'new'`,
      [tenantId, messageId, reason],
    );
  }

  /** Lets parked facts be rated again, of one reason or all; @returns how many */
  async unpark(tx: Tx, tenantId: string, reason?: string): Promise<number> {
    const [, count] = await tx.query(
      `UPDATE usage_facts SET status = 'new', parked_reason = NULL
        WHERE tenant_id = $1 AND status = 'parked' AND ($2::text IS NULL OR parked_reason = $2)`,
      [tenantId, reason ?? null],
    );
    return count;
  }

  async find(tx: Tx, tenantId: string, messageId: string): Promise<UsageFact | undefined> {
    const [row] = await tx.query(`SELECT ${COLUMNS} FROM usage_facts WHERE tenant_id = $1 AND message_id = $2`, [
      tenantId,
      messageId,
    ]);
    return row;
  }

  async listParked(tx: Tx, tenantId: string, limit = 100): Promise<ParkedFact[]> {
    return tx.query(
      `SELECT ${COLUMNS}, parked_reason AS "parkedReason" FROM usage_facts
        WHERE tenant_id = $1 AND status = 'parked' ORDER BY message_id LIMIT $2`,
      [tenantId, limit],
    );
  }
}
