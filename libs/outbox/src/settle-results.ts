import { spanOf } from '#libs/ids';
import { kept, storableJson, storableText, type Tx } from '#libs/persistence';
import type { HeldFor } from './outbox-held.js';

/** What Meta's refusal of a message says of the template it was sent with. */
export interface ToldOfTemplate {
  templateId: string;
  word: 'PAUSED' | 'DISABLED';
  /** The moment before the call. */
  at: Date;
}

/**
 * What became of one claimed message. The error is Meta's, or ours in the same form; `numberRefused` is Meta's code where it is
 * refused whatever the number sends.
 */
export type CallResult = { messageId: string; attempt: number; told?: ToldOfTemplate; numberRefused?: number } & (
  | { became: 'submitted' | 'held'; metaMessageId: string; answer?: unknown }
  | { became: 'failed'; error: unknown }
  /** Not done, and not tried again until Meta sends the template again. */
  | { became: 'parked'; heldFor: HeldFor; error?: unknown }
  /** Not done, may be tried again from `notBefore` on; without an error it was not even tried. */
  | { became: 'accepted'; notBefore: Date; error?: unknown }
  /** It may or may not have been done. */
  | { became: 'unknown'; reason: string }
);

// What a result may still move: see `settle`.
const OPEN = `(m.attempts = r.attempt AND (m.status IN ('sending', 'unknown')
  OR (r.became IN ('submitted', 'held') AND m.status IN ('accepted', 'parked'))))`;

const SETTLE = kept(`
  WITH result AS (
    SELECT * FROM unnest($3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::jsonb[])
      AS r(message_id, attempt, became, meta_message_id, error, not_before, detail)),
  settled AS (
    UPDATE messages m
       SET status = CASE WHEN ${OPEN} THEN r.became ELSE m.status END,
           status_at = CASE WHEN ${OPEN} THEN $2 ELSE m.status_at END,
           meta_message_id = coalesce(m.meta_message_id, r.meta_message_id),
           meta_error = CASE WHEN m.status IN ('sending', 'unknown') THEN coalesce(r.error, m.meta_error)
                             ELSE m.meta_error END,
           not_before = coalesce(r.not_before, m.not_before)
      FROM result r
     WHERE m.tenant_id = $1 AND m.message_id = r.message_id
       AND m.message_id = ANY ($3::uuid[]) AND m.message_id BETWEEN $10 AND $11
    RETURNING m.message_id, m.status = r.became AND m.status_at = $2 AS moved),
  noted AS (
    INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, verdict, detail)
    SELECT $1, r.message_id, CASE r.became WHEN 'accepted' THEN 'postponed' ELSE r.became END, r.attempt, $2, 'paloma',
           CASE WHEN s.moved THEN 'apply' ELSE 'record' END, r.detail
      FROM result r JOIN settled s USING (message_id)
    ON CONFLICT DO NOTHING)
  SELECT message_id AS "messageId" FROM settled WHERE moved`);

/** See `OutboxLanes.settle`. */
export async function settleResults(
  tx: Tx,
  tenantId: string,
  results: readonly CallResult[],
  now: Date,
): Promise<Set<string>> {
  if (results.length === 0) return new Set();
  const column = <T>(pick: (r: CallResult) => T): T[] => results.map(pick);
  const messageIds = column((r) => r.messageId);
  const moved: { messageId: string }[] = await tx.query(SETTLE, [
    tenantId,
    now,
    messageIds,
    column((r) => r.attempt),
    column((r) => r.became),
    column((r) => ('metaMessageId' in r ? storableText(r.metaMessageId) : null)),
    column((r) => ('error' in r && r.error !== undefined ? jsonOf(r.error) : null)),
    column((r) => ('notBefore' in r ? r.notBefore : null)),
    column((r) => jsonOf(detailOf(r))),
    ...spanOf(messageIds),
  ]);
  return new Set(moved.map((m) => m.messageId));
}

/** What another server said may hold what no text can; one such answer must not keep those beside it from being stored. */
const jsonOf = (value: unknown): string => storableJson(JSON.stringify(value));

function detailOf(result: CallResult): unknown {
  switch (result.became) {
    case 'submitted':
    case 'held':
      return result.answer ?? null;
    case 'failed':
      return { error: result.error };
    case 'accepted':
      return { until: result.notBefore, ...(result.error === undefined ? {} : { error: result.error }) };
    case 'parked':
      return { reason: result.heldFor, ...(result.error === undefined ? {} : { error: result.error }) };
    case 'unknown':
      return { reason: result.reason };
  }
}
