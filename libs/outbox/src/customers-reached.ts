import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** No message waits longer than this before it is sent and delivered; bounds how far back acceptance may lie. */
const LONGEST_WAY_MS = 61 * 86_400_000;

/** Different customers to whom messages were delivered outside service windows. */
export interface CustomersReached {
  users: number;
  /** When the first of them was last reached; undefined while there are none. */
  oldest: Date | undefined;
}

/**
 * Whom these numbers reached outside service windows since an instant: what Meta looks at before it raises a messaging limit
 * (Meta, upcoming messaging limits changes, 2025-10-26).
 */
export async function customersReached(
  tx: Tx,
  tenantId: string,
  phoneNumberIds: readonly string[],
  since: Date,
): Promise<CustomersReached> {
  const [row]: { users: number; oldest: Date | null }[] = await tx.query(
    `SELECT count(*)::int AS users, min(at) AS oldest FROM (
       SELECT max(e.at) AS at FROM messages m
         JOIN message_events e ON e.tenant_id = m.tenant_id AND e.message_id = m.message_id AND e.kind = 'delivered'
        WHERE m.tenant_id = $1 AND m.phone_number_id = ANY ($2::uuid[]) AND m.message_id >= $4 AND NOT m.in_window
          AND e.at > $3
        GROUP BY m.recipient) AS reached`,
    [tenantId, phoneNumberIds, since, firstIdAt(new Date(Math.max(0, since.getTime() - LONGEST_WAY_MS)))],
  );
  return { users: row?.users ?? 0, oldest: row?.oldest ?? undefined };
}
