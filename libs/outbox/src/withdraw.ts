import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';

/** No message waits longer: Meta's longest time to live of a template is 30 days (Meta, 2025-11). */
const LONGEST_LIFE_MS = 31 * 86_400_000;
/** That a message `m` waits for its turn or for its template. One that is parked for any other reason may be at Meta. */
const STILL_WAITS = `(m.status = 'accepted' OR (m.status = 'parked' AND m.held_for IS NOT NULL))`;

/**
 * Takes back messages by the ids that their sender gave them: those that wait are cancelled, and so is what is accepted under one
 * of the ids later, for a call that accepts it may be under way. One that a dispatcher has claimed is not taken back; should
 * it have to be tried again, it is. Nor is one that is parked because Meta never said whether it has it.
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
        WHERE m.tenant_id = $1 AND m.message_id = w.message_id AND ${STILL_WAITS}
       RETURNING m.message_id, m.attempts),
     noted AS (
       INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source)
       SELECT $1, message_id, 'cancelled', attempts, $3, 'paloma' FROM cancelled)
     SELECT message_id AS "messageId" FROM cancelled`,
    [tenantId, messageIds, now],
  );
  return rows.map((row) => row.messageId);
}

export interface Cancelling {
  cancelled: boolean;
  /** As it is now. */
  message: MessageRow;
}

/** See `Outbox.cancel`. */
export async function cancel(tx: Tx, tenantId: string, messageId: string, now: Date): Promise<Cancelling | undefined> {
  const [found]: (MessageRow & { waits: boolean })[] = await tx.query(
    `SELECT ${MESSAGE_COLUMNS}, ${STILL_WAITS} AS waits
       FROM messages m WHERE m.tenant_id = $1 AND m.message_id = $2 FOR UPDATE`,
    [tenantId, messageId],
  );
  if (!found) return undefined;
  const { waits, ...message } = found;
  if (!waits) return { cancelled: false, message };
  await tx.query(
    `WITH cancelled AS (
       UPDATE messages SET status = 'cancelled', status_at = $3 WHERE tenant_id = $1 AND message_id = $2
       RETURNING attempts)
     INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source)
     SELECT $1, $2, 'cancelled', attempts, $3, 'paloma' FROM cancelled`,
    [tenantId, messageId, now],
  );
  return { cancelled: true, message: { ...message, status: 'cancelled', statusAt: now } };
}

/**
 * Messages of a number that may yet be handed to Meta, by what their sender marked them with: those that wait for their turn or are
 * parked, those that a dispatcher has claimed, and those in doubt, which may be sent again.
 */
export async function unsentOf(
  tx: Tx,
  tenantId: string,
  { phoneNumberId, clientData }: { phoneNumberId: string; clientData: string },
): Promise<string[]> {
  // Each finds its own partial index, so it costs what waits and not what was ever sent.
  const of = (states: string): string =>
    `SELECT m.message_id AS id FROM messages m
      WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status ${states} AND m.client_data = $3`;
  const rows: { id: string }[] = await tx.query(
    [of(`= 'accepted'`), of(`= 'parked'`), of(`IN ('sending', 'unknown')`)].join(' UNION ALL '),
    [tenantId, phoneNumberId, clientData],
  );
  return rows.map((row) => row.id);
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
