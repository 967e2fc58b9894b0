import { Injectable } from '@nestjs/common';
import { kept, type Tx } from '#libs/persistence';

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
  /** It went over an On-Premises client, whose word on prices is the tenant's own: `pricing` is null and stays so. */
  overClient?: boolean;
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
  over_client AS "overClient", sent_at AS "sentAt", delivered_at AS "deliveredAt"`;

/**
 * The one writer of usage facts. A fact is written when a status first proves delivery and completed by later statuses
 * (Meta's order is not guaranteed) until it is rated; from then on it does not change.
 */
@Injectable()
export class UsageFacts {
  /**
   * Writes facts, or completes those that are there: the earliest delivery and the first pricing block stay, so the
   * statuses of a message make the same fact in whatever order they come. One statement for all of them; a message may
   * be among them once.
   */
  async record(tx: Tx, ...facts: readonly UsageFact[]): Promise<void> {
    if (facts.length === 0) return;
    const column = <T>(pick: (f: UsageFact) => T): T[] => facts.map(pick);
    await tx.query(
      kept(`INSERT INTO usage_facts AS f (tenant_id, message_id, phone_number_id, waba_id, recipient, type, category,
                                     template_id, in_window, pricing, sent_at, delivered_at, over_client)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
                            $8::uuid[], $9::boolean[], $10::jsonb[], $11::timestamptz[], $12::timestamptz[], $13::boolean[])
                       AS n(tenant_id, message_id, phone_number_id, waba_id, recipient, type, category,
                            template_id, in_window, pricing, sent_at, delivered_at, over_client)
        ORDER BY n.message_id
       ON CONFLICT (tenant_id, message_id) DO UPDATE SET
         pricing = coalesce(f.pricing, excluded.pricing),
         delivered_at = least(f.delivered_at, excluded.delivered_at),
         status = 'new', parked_reason = NULL
       WHERE f.status <> 'rated'
         AND (f.pricing IS NULL AND excluded.pricing IS NOT NULL OR excluded.delivered_at < f.delivered_at)`),
      [
        column((f) => f.tenantId),
        column((f) => f.messageId),
        column((f) => f.phoneNumberId),
        column((f) => f.wabaId),
        column((f) => f.recipient),
        column((f) => f.type),
        column((f) => f.category),
        column((f) => f.templateId),
        column((f) => f.inWindow),
        column((f) => (f.pricing === null ? null : JSON.stringify(f.pricing))),
        column((f) => f.sentAt),
        column((f) => f.deliveredAt),
        column((f) => f.overClient ?? false),
      ],
    );
  }

  /**
   * What `sent` statuses tell that came after the delivery: their instants, and their pricing blocks where the deliveries
   * had none.
   *
   * @returns whether there is a fact that learned from one
   */
  async learn(
    tx: Tx,
    tenantId: string,
    ...told: readonly { messageId: string; sentAt: Date; pricing: Record<string, unknown> | null }[]
  ): Promise<boolean> {
    if (told.length === 0) return false;
    const [, count] = await tx.query(
      kept(`UPDATE usage_facts f SET
         sent_at = s.sent_at,
         status = CASE WHEN f.pricing IS NULL AND s.pricing IS NOT NULL THEN 'new' ELSE f.status END,
         parked_reason = CASE WHEN f.pricing IS NULL AND s.pricing IS NOT NULL THEN NULL ELSE f.parked_reason END,
         pricing = coalesce(f.pricing, s.pricing)
        FROM unnest($2::uuid[], $3::timestamptz[], $4::jsonb[]) AS s(message_id, sent_at, pricing)
       WHERE f.tenant_id = $1 AND f.message_id = s.message_id AND f.message_id = ANY ($2::uuid[])
         AND f.status <> 'rated'`),
      [
        tenantId,
        told.map((t) => t.messageId),
        told.map((t) => t.sentAt),
        told.map((t) => (t.pricing === null ? null : JSON.stringify(t.pricing))),
      ],
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

  /** Lets these facts be rated again where they are parked; @returns how many are */
  async unparkThese(tx: Tx, tenantId: string, messageIds: readonly string[]): Promise<number> {
    const [, count] = await tx.query(
      `UPDATE usage_facts SET status = 'new', parked_reason = NULL
        WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) AND status = 'parked'`,
      [tenantId, messageIds],
    );
    return count;
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

  /** Whether facts that were delivered before an instant wait to be rated; those that are parked wait for staff and do not count. */
  async waitsBefore(tx: Tx, tenantId: string, instant: Date): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `SELECT 1 FROM usage_facts WHERE tenant_id = $1 AND status = 'new' AND delivered_at < $2 LIMIT 1`,
      [tenantId, instant],
    );
    return rows.length > 0;
  }

  async find(tx: Tx, tenantId: string, messageId: string): Promise<UsageFact | undefined> {
    const [row] = await tx.query(`SELECT ${COLUMNS} FROM usage_facts WHERE tenant_id = $1 AND message_id = $2`, [
      tenantId,
      messageId,
    ]);
    return row;
  }

  /** @param page oldest first by message id; `after`: the last of the page before */
  async listParked(
    tx: Tx,
    tenantId: string,
    page: { after?: string | undefined; limit: number } = { limit: 100 },
  ): Promise<ParkedFact[]> {
    return tx.query(
      `SELECT ${COLUMNS}, parked_reason AS "parkedReason" FROM usage_facts
        WHERE tenant_id = $1 AND status = 'parked' AND ($2::uuid IS NULL OR message_id > $2)
        ORDER BY message_id LIMIT $3`,
      [tenantId, page.after ?? null, page.limit],
    );
  }
}
