import type { Tx } from '#libs/persistence';
import type { Charge } from './charge.js';
import { distinct } from './distinct.js';

/** All of a charge but its message and its instant. */
const kindOf = (c: Charge): string =>
  [
    c.side,
    c.wabaId,
    c.phoneNumberId,
    c.market,
    c.category,
    c.quantity,
    c.unitPrice,
    c.amount,
    c.currency,
    c.rule,
    c.freeReason,
    c.plan,
    c.card?.date,
    c.card?.currency,
    c.card?.tier,
    c.localDay,
    c.revision,
    c.bookedOn,
  ].join('\n');

/** Adds charges; one that is there already stays. @returns the messages that a charge was added for */
export async function insertCharges(tx: Tx, tenantId: string, charges: readonly Charge[]): Promise<Set<string>> {
  if (charges.length === 0) return new Set();
  const { kinds, places } = distinct(charges, kindOf);
  const inserted: { message_id: string }[] = await tx.query(
    `INSERT INTO charges (tenant_id, message_id, billed_at, side, waba_id, phone_number_id, market, category, quantity,
                          unit_price, amount, currency, rule, free_reason, plan, card_date, card_currency, tier, local_day,
                          revision, booked_on)
     SELECT $1::uuid, c.message_id, c.billed_at, k.side, k.waba_id, k.phone_number_id, k.market, k.category, k.quantity,
            k.unit_price, k.amount, k.currency, k.rule, k.free_reason, k.plan, k.card_date, k.card_currency, k.tier,
            k.local_day, k.revision, k.booked_on
       FROM unnest($2::uuid[], $3::timestamptz[], $4::bigint[]) AS c(message_id, billed_at, kind)
       JOIN unnest($5::text[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::int[], $11::numeric[], $12::numeric[],
                   $13::text[], $14::text[], $15::text[], $16::text[], $17::date[], $18::text[], $19::smallint[],
                   $20::date[], $21::smallint[], $22::date[]) WITH ORDINALITY
              AS k(side, waba_id, phone_number_id, market, category, quantity, unit_price, amount, currency, rule,
                   free_reason, plan, card_date, card_currency, tier, local_day, revision, booked_on, kind) USING (kind)
     ON CONFLICT DO NOTHING RETURNING message_id`,
    [
      tenantId,
      charges.map((c) => c.messageId),
      charges.map((c) => c.billedAt),
      places,
      kinds.map((k) => k.side),
      kinds.map((k) => k.wabaId),
      kinds.map((k) => k.phoneNumberId),
      kinds.map((k) => k.market),
      kinds.map((k) => k.category),
      kinds.map((k) => k.quantity),
      kinds.map((k) => k.unitPrice),
      kinds.map((k) => k.amount),
      kinds.map((k) => k.currency),
      kinds.map((k) => k.rule),
      kinds.map((k) => k.freeReason),
      kinds.map((k) => k.plan),
      kinds.map((k) => k.card?.date ?? null),
      kinds.map((k) => k.card?.currency ?? null),
      kinds.map((k) => k.card?.tier ?? null),
      kinds.map((k) => k.localDay),
      kinds.map((k) => k.revision ?? 0),
      kinds.map((k) => k.bookedOn ?? null),
    ],
  );
  return new Set(inserted.map((row) => row.message_id));
}
