import { Injectable } from '@nestjs/common';
import type { MessageStatus } from '#libs/message-status';
import { Database, type Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';

/** A message whose call to Meta had no answer, and whose time of grace is over. */
export type Doubtful = MessageRow & {
  /** Whether it was sent again for this reason before. */
  sentAgain: boolean;
};

/** A message for which no id of Meta's is known although it was called, by whom it is for and when. */
export interface InDoubt {
  messageId: string;
  recipient: string;
  /** The call may still be answered. */
  underWay: boolean;
  /** When the last call began. */
  calledAt: Date;
}

/** What becomes of it, and why; the reason and what led to it stand in its history. */
export interface Decision {
  messageId: string;
  becomes: Extract<MessageStatus, 'accepted' | 'failed' | 'expired' | 'parked'>;
  /** Meta's form; for `failed` and `expired`. */
  error?: unknown;
  detail: object;
}

// A message that is sent again is `accepted` once more; its history has a word of its own for that.
const KIND = { accepted: 'sent_again', failed: 'failed', expired: 'expired', parked: 'parked' } as const;

/** Messages whose outcome is unknown: no status of Meta's has settled them. */
@Injectable()
export class OutboxDoubts {
  constructor(private readonly db: Database) {}

  /** Tenants with messages that have been unknown since before an instant; for the periodic look. */
  async tenants(since: Date): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>('SELECT door_tenants_in_doubt($1) AS id', [since]);
    return rows.map((r) => r.id);
  }

  /**
   * Messages that are still unknown when their time of grace is over, locked until the transaction ends; a status of Meta's
   * that comes meanwhile is applied after.
   *
   * @param graceSeconds by category of the message; `service` is for free-form ones
   */
  async overdue(
    tx: Tx,
    tenantId: string,
    graceSeconds: Readonly<Record<string, number>>,
    now: Date,
    limit: number,
  ): Promise<Doubtful[]> {
    return tx.query(
      `SELECT ${MESSAGE_COLUMNS},
              EXISTS (SELECT FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.message_id
                         AND e.kind = 'sent_again') AS "sentAgain"
         FROM messages m
         JOIN unnest($2::text[], $3::integer[]) AS g(category, seconds) ON g.category = coalesce(m.category, 'service')
        WHERE m.tenant_id = $1 AND m.status IN ('sending', 'unknown') AND m.status = 'unknown'
          AND m.status_at <= $4::timestamptz - make_interval(secs => g.seconds)
        ORDER BY m.message_id LIMIT $5 FOR UPDATE OF m SKIP LOCKED`,
      [tenantId, Object.keys(graceSeconds), Object.values(graceSeconds), now, limit],
    );
  }

  /**
   * Messages of a number to some customers whose last call went over its On-Premises client and which have no id of Meta's:
   * those whose call is under way, whose outcome is unknown, and those that were parked because it stayed so.
   */
  async overClient(tx: Tx, tenantId: string, phoneNumberId: string, recipients: readonly string[]): Promise<InDoubt[]> {
    return tx.query(
      `WITH called AS (
         SELECT * FROM messages m WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status IN ('sending', 'unknown')
         UNION ALL
         SELECT * FROM messages m WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'parked'
            AND m.recipient = ANY ($3::text[]) AND EXISTS (
              SELECT FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.message_id
                 AND e.kind = 'unknown' AND e.occurrence = m.attempts))
       SELECT m.message_id AS "messageId", m.recipient, m.status = 'sending' AS "underWay", e.at AS "calledAt"
         FROM called m
         JOIN message_events e ON e.tenant_id = m.tenant_id AND e.message_id = m.message_id
              AND e.kind = 'sending' AND e.occurrence = m.attempts AND e.detail ->> 'over' = 'on_premises_client'
        WHERE m.meta_message_id IS NULL AND m.recipient = ANY ($3::text[])`,
      [tenantId, phoneNumberId, recipients],
    );
  }

  /** Carries out decisions on messages that `overdue` locked. */
  async decide(tx: Tx, tenantId: string, decisions: readonly Decision[], now: Date): Promise<void> {
    if (decisions.length === 0) return;
    await tx.query(
      `WITH decision AS (
         SELECT * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[])
           AS d(message_id, becomes, kind, error, detail)),
       moved AS (
         UPDATE messages m
            SET status = d.becomes, status_at = $2, meta_error = coalesce(d.error, m.meta_error),
                not_before = CASE d.becomes WHEN 'accepted' THEN $2 ELSE m.not_before END
           FROM decision d WHERE m.tenant_id = $1 AND m.message_id = d.message_id AND m.status = 'unknown'
         RETURNING m.message_id, m.attempts)
       INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
       SELECT $1, d.message_id, d.kind, moved.attempts, $2, 'paloma', d.detail
         FROM decision d JOIN moved USING (message_id)
       ON CONFLICT DO NOTHING`,
      [
        tenantId,
        now,
        decisions.map((d) => d.messageId),
        decisions.map((d) => d.becomes),
        decisions.map((d) => KIND[d.becomes]),
        decisions.map((d) => (d.error === undefined ? null : JSON.stringify(d.error))),
        decisions.map((d) => JSON.stringify(d.detail)),
      ],
    );
  }
}
