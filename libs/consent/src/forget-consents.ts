import type { Tx } from '#libs/persistence';

/**
 * Forgets what a customer agreed to, but for what they refused: that stays under their mark, so an opted-out number stays
 * opted out. Of a refusal the time, purpose and source are kept; wording and proof go.
 *
 * @param lines of the customer, as `lineOf` writes them
 * @param marks of the same lines, in their order (libs/privacy)
 * @returns records that went or were stripped
 */
export async function forgetConsents(
  tx: Tx,
  tenantId: string,
  lines: readonly string[],
  marks: readonly string[],
): Promise<number> {
  await tx.query(
    `INSERT INTO consent_records (tenant_id, line, record_id, purpose, state, at, source, proof, recorded_at)
     SELECT r.tenant_id, m.mark, r.record_id, r.purpose, r.state, r.at, r.source, '{}', r.recorded_at
       FROM unnest($2::text[], $3::text[]) AS m(line, mark)
       JOIN consent_states s ON s.tenant_id = $1 AND s.line = m.line AND s.state = 'withdrawn'
       JOIN consent_records r ON r.tenant_id = $1 AND r.line = m.line AND r.record_id = s.record_id
     ON CONFLICT DO NOTHING`,
    [tenantId, lines, marks],
  );
  await tx.query(
    `INSERT INTO consent_states AS kept (tenant_id, line, purpose, state, at, source, record_id)
     SELECT DISTINCT ON (m.mark, s.purpose) s.tenant_id, m.mark, s.purpose, s.state, s.at, s.source, s.record_id
       FROM unnest($2::text[], $3::text[]) AS m(line, mark)
       JOIN consent_states s ON s.tenant_id = $1 AND s.line = m.line AND s.state = 'withdrawn'
      ORDER BY m.mark, s.purpose, s.at DESC
     ON CONFLICT DO NOTHING`,
    [tenantId, lines, marks],
  );
  await tx.query('DELETE FROM consent_states WHERE tenant_id = $1 AND line = ANY ($2::text[])', [tenantId, lines]);
  const [, records] = await tx.query('DELETE FROM consent_records WHERE tenant_id = $1 AND line = ANY ($2::text[])', [
    tenantId,
    lines,
  ]);
  return records;
}
