import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** Something that Meta decided about a WABA, or about one of its numbers. */
export interface AccountDecision {
  wabaId: string;
  phoneNumberId?: string | undefined;
  topic: 'ban' | 'restriction' | 'violation' | 'name' | 'quality' | 'review' | 'verification' | 'official' | 'partner';
  /** Meta's word. */
  told: string;
  /** Meta's time. */
  at: Date;
  /** JSON text of the webhook's value, which holds the cause. */
  detail: string;
}

/**
 * Keeps a decision of Meta's in the history of a WABA or number.
 *
 * @returns whether it is the newest of its topic there; false for a repeat or for older news, which changes nothing
 */
export async function noteAccountDecision(tx: Tx, tenantId: string, decision: AccountDecision): Promise<boolean> {
  const { wabaId, phoneNumberId = null, topic, told, at, detail } = decision;
  const eventId = derivedId(at, wabaId, phoneNumberId ?? '', topic, detail);
  const stored: unknown[] = await tx.query(
    `INSERT INTO account_events (tenant_id, event_id, waba_id, phone_number_id, topic, told, at, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1`,
    [tenantId, eventId, wabaId, phoneNumberId, topic, told, at, detail],
  );
  if (stored.length === 0) return false;
  const newer: unknown[] = await tx.query(
    `SELECT 1 FROM account_events WHERE tenant_id = $1 AND waba_id = $2 AND topic = $3 AND at > $4
        AND phone_number_id IS NOT DISTINCT FROM $5 LIMIT 1`,
    [tenantId, wabaId, topic, at, phoneNumberId],
  );
  return newer.length === 0;
}
