import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sweeper asks which WABAs are to be compared with Meta, and which have messages that wait for their template. */
export class TemplateLanes1795305600024 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const table of ['wabas', 'templates', 'template_syncs']) {
      await db.query(`GRANT SELECT ON ${table} TO paloma_door`);
      await db.query(`CREATE POLICY door_finds_template_lanes ON ${table} FOR SELECT TO paloma_door USING (true)`);
    }
    // Held templates are found by one probe of messages_held each, however many messages wait.
    await db.query(`
      CREATE FUNCTION door_wabas_with_template_work(at timestamptz, at_most integer)
      RETURNS TABLE (tenant_id uuid, waba_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH RECURSIVE held AS (
          (SELECT m.tenant_id, m.template_id FROM messages m WHERE m.status = 'parked' AND m.held_for IS NOT NULL
            ORDER BY m.tenant_id, m.template_id LIMIT 1)
          UNION ALL
          SELECT n.tenant_id, n.template_id FROM held h, LATERAL (
            SELECT m.tenant_id, m.template_id FROM messages m
             WHERE m.status = 'parked' AND m.held_for IS NOT NULL
               AND (m.tenant_id, m.template_id) > (h.tenant_id, h.template_id)
             ORDER BY m.tenant_id, m.template_id LIMIT 1) n)
        SELECT t.tenant_id, t.waba_id FROM held h JOIN templates t USING (tenant_id, template_id)
        UNION
        (SELECT w.tenant_id, w.waba_id FROM wabas w LEFT JOIN template_syncs s USING (tenant_id, waba_id)
          WHERE w.sealed_token IS NOT NULL AND (s.due_at IS NULL OR s.due_at <= at)
          ORDER BY s.due_at NULLS FIRST LIMIT at_most) $$`);
    await db.query(`CALL paloma_make_door('door_wabas_with_template_work(timestamptz, integer)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_wabas_with_template_work');
    for (const table of ['wabas', 'templates', 'template_syncs']) {
      await db.query(`DROP POLICY door_finds_template_lanes ON ${table}`);
      await db.query(`REVOKE SELECT ON ${table} FROM paloma_door`);
    }
  }
}
