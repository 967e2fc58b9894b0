import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';

const DAY_MS = 86_400_000;
/** No message waits longer than this before it is sent; bounds how far back acceptance may lie. */
const LONGEST_WAIT_MS = 31 * DAY_MS;

// Handed to Meta outside a service window within 24 h and not refused, or delivered within 24 h: what the messaging limit
// counts, and what is on its way and may yet count (Meta, messaging limits page of 2025-11-26).
const COUNTED = `FROM messages m
  JOIN message_events e ON e.tenant_id = m.tenant_id AND e.message_id = m.message_id AND e.kind IN ('sending', 'delivered')
 WHERE m.tenant_id = $1 AND m.phone_number_id = ANY ($2::uuid[]) AND m.message_id >= $4 AND NOT m.in_window
   AND m.status NOT IN ('accepted', 'failed', 'expired', 'cancelled', 'parked') AND e.at > $3`;

const since = (now: Date) => [
  new Date(now.getTime() - DAY_MS),
  firstIdAt(new Date(Math.max(0, now.getTime() - DAY_MS - LONGEST_WAIT_MS))),
];

/**
 * How many different customers the messaging limit counts for these numbers in the 24 h before an instant; for a
 * portfolio, hand in all of its numbers.
 */
export async function uniqueCustomers24h(
  tx: Tx,
  tenantId: string,
  phoneNumberIds: readonly string[],
  now: Date,
): Promise<number> {
  const [row]: { customers: number }[] = await tx.query(
    `SELECT count(DISTINCT m.recipient)::int AS customers ${COUNTED}`,
    [tenantId, phoneNumberIds, ...since(now)],
  );
  return row?.customers ?? 0;
}

/**
 * The same customers one by one, with the time of the newest message that counts; all of them, or only some. `taken`: Meta
 * is known to have taken a message to the customer, which of those under way or in doubt nobody knows.
 */
export async function customersIn24h(
  tx: Tx,
  tenantId: string,
  phoneNumberIds: readonly string[],
  now: Date,
  only?: readonly string[],
): Promise<{ recipient: string; at: Date; taken: boolean }[]> {
  return tx.query(
    `SELECT m.recipient, max(e.at) AS at, bool_or(m.status NOT IN ('sending', 'unknown')) AS taken ${COUNTED} ${only ? 'AND m.recipient = ANY ($5::text[])' : ''} GROUP BY m.recipient`,
    [tenantId, phoneNumberIds, ...since(now), ...(only ? [only] : [])],
  );
}
