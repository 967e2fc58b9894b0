import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** Meta refused a send because of its number, so that it would refuse all others as well. */
export interface NumberRefusal {
  /** Meta's code, such as 131031 (locked) or 133010 (not registered). */
  code: number;
  /** Nothing is sent from the number before; then one message tries. */
  until: Date;
}

interface Held {
  told: string;
  until: Date | null;
  tries: number | null;
}

/** So long nothing is sent after a refusal, by how many there were in a row; the last one repeats. */
const GAPS_MS = [60_000, 5 * 60_000, 15 * 60_000] as const;
/** A refusal so long after the end of the last one begins anew: in between the number sent, or nothing was asked of it. */
const IN_A_ROW_MS = 3_600_000;
const LIFTED = 'LIFTED';

/** The refusal by which a number is held at an instant; undefined: it is not. */
export async function refusalOf(
  tx: Tx,
  tenantId: string,
  of: { wabaId: string; phoneNumberId: string },
  now: Date,
): Promise<NumberRefusal | undefined> {
  const newest = await newestOf(tx, tenantId, of);
  if (!newest?.until || newest.told === LIFTED || newest.until <= now) return undefined;
  return { code: Number(newest.told), until: newest.until };
}

/** Holds a number that Meta refused, for longer each time in a row. One that is held already stays as it is. */
export async function noteRefusal(
  tx: Tx,
  tenantId: string,
  of: { wabaId: string; phoneNumberId: string },
  code: number,
  now: Date,
): Promise<void> {
  const last = await newestOf(tx, tenantId, of);
  const heldTo = last && last.told !== LIFTED ? (last.until?.getTime() ?? 0) : 0;
  if (heldTo > now.getTime()) return;
  const tries = now.getTime() - heldTo < IN_A_ROW_MS ? (last?.tries ?? 0) + 1 : 1;
  const gap = GAPS_MS[Math.min(tries, GAPS_MS.length) - 1] ?? 0;
  await note(tx, tenantId, of, String(code), now, { until: new Date(now.getTime() + gap), tries });
}

/**
 * Lets numbers send again that were held, since Meta said something else of them or they were registered again.
 *
 * @param of without a number: all of the account
 */
export async function liftRefusals(
  tx: Tx,
  tenantId: string,
  of: { wabaId: string; phoneNumberId?: string | undefined },
  now: Date,
): Promise<void> {
  const held: { phoneNumberId: string }[] = await tx.query(
    `SELECT DISTINCT phone_number_id AS "phoneNumberId" FROM account_events
      WHERE tenant_id = $1 AND waba_id = $2 AND topic = 'refusal' AND ($3::uuid IS NULL OR phone_number_id = $3)`,
    [tenantId, of.wabaId, of.phoneNumberId ?? null],
  );
  for (const { phoneNumberId } of held) {
    const number = { wabaId: of.wabaId, phoneNumberId };
    const newest = await newestOf(tx, tenantId, number);
    if (newest?.told !== LIFTED) await note(tx, tenantId, number, LIFTED, now, {});
  }
}

async function newestOf(
  tx: Tx,
  tenantId: string,
  of: { wabaId: string; phoneNumberId: string },
): Promise<Held | undefined> {
  const [newest]: Held[] = await tx.query(
    `SELECT told, (detail ->> 'until')::timestamptz AS until, (detail ->> 'tries')::int AS tries FROM account_events
      WHERE tenant_id = $1 AND waba_id = $2 AND topic = 'refusal' AND phone_number_id = $3
      ORDER BY at DESC, event_id DESC LIMIT 1`,
    [tenantId, of.wabaId, of.phoneNumberId],
  );
  return newest;
}

async function note(
  tx: Tx,
  tenantId: string,
  { wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string },
  told: string,
  at: Date,
  detail: object,
): Promise<void> {
  await tx.query(
    `INSERT INTO account_events (tenant_id, event_id, waba_id, phone_number_id, topic, told, at, detail)
     VALUES ($1, $2, $3, $4, 'refusal', $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      tenantId,
      derivedId(at, wabaId, phoneNumberId, 'refusal', told),
      wabaId,
      phoneNumberId,
      told,
      at,
      JSON.stringify(detail),
    ],
  );
}
