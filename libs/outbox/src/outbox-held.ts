import { Injectable } from '@nestjs/common';
import type { ParkReason } from '#libs/message-status';
import type { Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';

/** Why a message waits for its template; the wait ends without a person. */
export type HeldFor = Extract<ParkReason, 'template_paused' | 'template_in_review'>;

/** Messages of one template. */
export interface OfTemplate {
  tenantId: string;
  templateId: string;
}

// A message may be held more than once in its life, also between two attempts.
const NEXT_TIME = `(SELECT count(*) FROM message_events e WHERE e.tenant_id = moved.tenant_id
  AND e.message_id = moved.message_id AND e.kind = $KIND)::smallint`;
const nextTime = (kind: string): string => NEXT_TIME.replace('$KIND', `'${kind}'`);

const HELD = `status = 'parked' AND held_for IS NOT NULL`;

/**
 * Messages that wait until Meta sends their template again: parked with a reason that is lifted by the template's state.
 * When they were to be sent, and until when, stays as it was.
 */
@Injectable()
export class OutboxHeld {
  /**
   * Parks messages that wait for their turn. One that a dispatcher has claimed is left to it.
   *
   * @param atMost more are left for the next call, so that no transaction is long
   * @returns how many were parked
   */
  async hold(tx: Tx, { tenantId, templateId }: OfTemplate, why: HeldFor, now: Date, atMost: number): Promise<number> {
    const rows: unknown[] = await tx.query(
      `WITH due AS (
         SELECT message_id FROM messages WHERE tenant_id = $1 AND template_id = $2 AND status = 'accepted'
          LIMIT $5 FOR UPDATE SKIP LOCKED),
       moved AS (
         UPDATE messages m SET status = 'parked', status_at = $4, held_for = $3 FROM due
          WHERE m.tenant_id = $1 AND m.message_id = due.message_id
         RETURNING m.tenant_id, m.message_id),
       noted AS (
         INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
         SELECT tenant_id, message_id, 'parked', ${nextTime('parked')}, $4, 'paloma', jsonb_build_object('reason', $3::text)
           FROM moved ON CONFLICT DO NOTHING)
       SELECT message_id FROM moved`,
      [tenantId, templateId, why, now, atMost],
    );
    return rows.length;
  }

  /** Says of messages that a dispatcher has just parked what lifts it. */
  async mark(tx: Tx, tenantId: string, held: readonly { messageId: string; heldFor: HeldFor }[]): Promise<void> {
    if (held.length === 0) return;
    await tx.query(
      `UPDATE messages m SET held_for = h.held_for
         FROM unnest($2::uuid[], $3::text[]) AS h(message_id, held_for)
        WHERE m.tenant_id = $1 AND m.message_id = h.message_id AND m.status = 'parked'`,
      [tenantId, held.map((h) => h.messageId), held.map((h) => h.heldFor)],
    );
  }

  /**
   * Lets held messages go: they wait for their turn again.
   *
   * @returns our ids of the numbers that have work now
   */
  async release(tx: Tx, { tenantId, templateId }: OfTemplate, now: Date, atMost: number): Promise<string[]> {
    const rows: { phoneNumberId: string }[] = await tx.query(
      `WITH due AS (
         SELECT message_id FROM messages
          WHERE tenant_id = $1 AND template_id = $2 AND ${HELD}
          ORDER BY message_id LIMIT $4 FOR UPDATE SKIP LOCKED),
       moved AS (
         UPDATE messages m SET status = 'accepted', status_at = $3, held_for = NULL FROM due
          WHERE m.tenant_id = $1 AND m.message_id = due.message_id
         RETURNING m.tenant_id, m.message_id, m.phone_number_id),
       noted AS (
         INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source)
         SELECT tenant_id, message_id, 'released', ${nextTime('released')}, $3, 'paloma' FROM moved
         ON CONFLICT DO NOTHING)
       SELECT phone_number_id AS "phoneNumberId" FROM moved`,
      [tenantId, templateId, now, atMost],
    );
    return rows.map((r) => r.phoneNumberId);
  }

  /**
   * Ends the wait of messages: those whose time to live has passed expire; with an error the others fail, held or not.
   *
   * @param error in Meta's form
   * @returns the messages as they are now, so that the tenant is told
   */
  async end(tx: Tx, of: OfTemplate, now: Date, atMost: number, error?: object): Promise<MessageRow[]> {
    if (error === undefined) return this.endSome(tx, of, now, atMost, `${HELD} AND expires_at <= $3`, null);
    // Two statements, so that each finds its own partial index.
    const held = await this.endSome(tx, of, now, atMost, HELD, error);
    const waiting = await this.endSome(tx, of, now, atMost - held.length, `status = 'accepted'`, error);
    return [...held, ...waiting];
  }

  private endSome(
    tx: Tx,
    { tenantId, templateId }: OfTemplate,
    now: Date,
    atMost: number,
    which: string,
    error: object | null,
  ): Promise<MessageRow[]> {
    return tx.query(
      `WITH due AS (
         SELECT message_id FROM messages
          WHERE tenant_id = $1 AND template_id = $2 AND ${which}
          LIMIT $4 FOR UPDATE SKIP LOCKED),
       moved AS (
         UPDATE messages m
            SET status = CASE WHEN m.expires_at <= $3 THEN 'expired' ELSE 'failed' END, status_at = $3, held_for = NULL,
                meta_error = CASE WHEN m.expires_at <= $3 THEN m.meta_error ELSE $5::jsonb END
           FROM due WHERE m.tenant_id = $1 AND m.message_id = due.message_id
         RETURNING m.*),
       noted AS (
         INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
         SELECT tenant_id, message_id, status, attempts, $3, 'paloma',
                CASE status WHEN 'failed' THEN jsonb_build_object('error', $5::jsonb) END
           FROM moved ON CONFLICT DO NOTHING)
       SELECT ${MESSAGE_COLUMNS} FROM moved m ORDER BY m.message_id`,
      [tenantId, templateId, now, atMost, error === null ? null : JSON.stringify(error)],
    );
  }

  /**
   * Templates of a WABA that messages wait for: those with held messages, and those that cannot be sent any more although
   * messages wait for their turn.
   */
  async templatesWaitedFor(tx: Tx, tenantId: string, wabaId: string): Promise<string[]> {
    const rows: { templateId: string }[] = await tx.query(
      `SELECT t.template_id AS "templateId" FROM templates t
        WHERE t.tenant_id = $1 AND t.waba_id = $2
          AND (EXISTS (SELECT FROM messages m WHERE m.tenant_id = $1 AND m.template_id = t.template_id
                          AND m.status = 'parked' AND m.held_for IS NOT NULL)
            OR (t.status NOT IN ('approved', 'flagged')
                AND t.template_id IN (SELECT m.template_id FROM messages m WHERE m.tenant_id = $1 AND m.status = 'accepted')))`,
      [tenantId, wabaId],
    );
    return rows.map((r) => r.templateId);
  }
}
