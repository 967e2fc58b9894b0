import type { Tx } from '#libs/persistence';

/** To whom the messages of these ids go; ids that no message of the tenant has are absent. */
export async function recipientsIn(
  tx: Tx,
  tenantId: string,
  messageIds: readonly string[],
): Promise<Map<string, string>> {
  if (messageIds.length === 0) return new Map();
  const rows: { id: string; recipient: string }[] = await tx.query(
    `SELECT m.message_id AS id, m.recipient FROM messages m
      WHERE m.tenant_id = $1 AND m.message_id = ANY ($2::uuid[])`,
    [tenantId, messageIds],
  );
  return new Map(rows.map((r) => [r.id, r.recipient]));
}
