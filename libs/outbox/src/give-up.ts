import type { Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.js';

/**
 * Gives up messages that are parked or whose outcome is unknown: they fail for good. It is what staff may do with them, so it
 * goes through a door, which leaves alone whatever has moved on meanwhile. There is no way back to sending: Meta may have
 * taken the message, and nothing is knowingly sent twice (docs/adr/0003).
 *
 * @param error what the tenant is told, in Meta's form
 * @param detail of the step in each message's history
 * @returns the messages that failed now, so that the tenant is told
 */
export async function giveUp(
  tx: Tx,
  tenantId: string,
  messageIds: readonly string[],
  { at, error, detail }: { at: Date; error: object; detail: object },
): Promise<MessageRow[]> {
  const ended: { id: string }[] = await tx.query('SELECT door_give_up_messages($1, $2, $3, $4, $5) AS id', [
    tenantId,
    messageIds,
    at,
    JSON.stringify(error),
    JSON.stringify(detail),
  ]);
  return tx.query(
    `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.tenant_id = $1 AND m.message_id = ANY ($2::uuid[])
      ORDER BY m.message_id`,
    [tenantId, ended.map((e) => e.id)],
  );
}
