import { firstIdAt } from '#libs/ids';
import { nextStates } from '#libs/message-status';
import type { Tx } from '#libs/persistence';

/** No message waits longer: Meta's longest time to live of a template is 30 days (Meta, 2025-11). */
const LONGEST_LIFE_MS = 31 * 86_400_000;
/** States from which a message may be cancelled. */
const WAITING = (['accepted', 'parked'] as const).filter((status) => nextStates(status).includes('cancelled'));

/**
 * Takes back messages by the ids that their sender gave them: those that wait are cancelled, and so is what is accepted under one
 * of the ids later, for a call that accepts it may be under way. One that a dispatcher has claimed is not taken back; should
 * it have to be tried again, it is.
 *
 * @returns ids of the messages that are cancelled now
 */
export async function withdraw(tx: Tx, tenantId: string, messageIds: readonly string[], now: Date): Promise<string[]> {
  if (messageIds.length === 0) return [];
  const oldest = firstIdAt(new Date(now.getTime() - LONGEST_LIFE_MS));
  await tx.query('DELETE FROM withdrawn_messages WHERE tenant_id = $1 AND message_id < $2', [tenantId, oldest]);
  await tx.query(
    `INSERT INTO withdrawn_messages (tenant_id, message_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING`,
    [tenantId, messageIds],
  );
  const rows: { messageId: string }[] = await tx.query(
    `WITH waiting AS (
       SELECT m.message_id FROM messages m
        WHERE m.tenant_id = $1 AND m.message_id = ANY ($2::uuid[]) ORDER BY m.message_id FOR UPDATE),
     cancelled AS (
       UPDATE messages m SET status = 'cancelled', status_at = $3 FROM waiting w
        WHERE m.tenant_id = $1 AND m.message_id = w.message_id AND m.status = ANY ($4::text[])
       RETURNING m.message_id, m.attempts),
     noted AS (
       INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source)
       SELECT $1, message_id, 'cancelled', attempts, $3, 'paloma' FROM cancelled)
     SELECT message_id AS "messageId" FROM cancelled`,
    [tenantId, messageIds, now, WAITING],
  );
  return rows.map((row) => row.messageId);
}

/** Whether a call to Meta may be under way for any of these messages. */
export async function isUnderWay(tx: Tx, tenantId: string, messageIds: readonly string[]): Promise<boolean> {
  if (messageIds.length === 0) return false;
  const rows: unknown[] = await tx.query(
    `SELECT FROM messages m WHERE m.tenant_id = $1 AND m.message_id = ANY ($2::uuid[]) AND m.status = 'sending' LIMIT 1`,
    [tenantId, messageIds],
  );
  return rows.length > 0;
}
