import type { MessageStatus } from '#libs/message-status';
import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';

/** A message without what it says. */
export interface MessageRow {
  id: string;
  /** What the tenant knows it by. */
  ref: string;
  phone_number_id: string;
  recipient: string;
  type: string;
  category: string | null;
  template_id: string | null;
  in_window: boolean;
  status: MessageStatus;
  status_at: Date;
  attempts: number;
  meta_message_id: string | null;
  meta_error: object | null;
}

export const MESSAGE_COLUMNS = `m.message_id AS id, m.phone_number_id, m.recipient, m.type, m.category, m.template_id,
  m.in_window, m.status, m.status_at, m.attempts, m.meta_message_id, m.meta_error`;

/** @param row as selected with MESSAGE_COLUMNS */
export const withRef = <Row extends { id: string }>(row: Row): Row & { ref: string } => ({
  ...row,
  ref: newMessageRef(row.id),
});

/**
 * A tenant's outbound messages, newest first.
 *
 * @param filter `status`: those that are there now; `before`: those accepted before this message
 */
export async function messagesOfTenant(
  tx: Tx,
  tenantId: string,
  filter: { status?: string | undefined; before?: string | undefined; limit: number },
): Promise<MessageRow[]> {
  const rows: Omit<MessageRow, 'ref'>[] = await tx.query(
    `SELECT ${MESSAGE_COLUMNS} FROM messages m
      WHERE m.tenant_id = $1 AND ($2::text IS NULL OR m.status = $2) AND ($3::uuid IS NULL OR m.message_id < $3)
      ORDER BY m.message_id DESC LIMIT $4`,
    [tenantId, filter.status ?? null, filter.before ?? null, filter.limit],
  );
  return rows.map(withRef);
}
