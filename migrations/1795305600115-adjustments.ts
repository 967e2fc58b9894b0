import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money that staff ask to move and a second member of staff decides on. Written by the billing app's adjustments. */
export class Adjustments1795305600115 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE adjustments (
        tenant_id     uuid NOT NULL REFERENCES tenants,
        adjustment_id uuid NOT NULL,
        kind          text NOT NULL CHECK (kind IN ('transfer', 'correction', 'credit_note', 'true_up')),
        request       jsonb NOT NULL,
        amount        numeric NOT NULL,
        currency      char(3) NOT NULL,
        reason        text NOT NULL,
        status        text NOT NULL CHECK (status IN ('proposed', 'approved', 'rejected')),
        proposed_by   uuid NOT NULL,
        proposer      text NOT NULL,
        proposed_at   timestamptz NOT NULL,
        decided_by    uuid,
        decider       text,
        decided_at    timestamptz,
        PRIMARY KEY (tenant_id, adjustment_id),
        CHECK ((status = 'proposed') = (decided_by IS NULL)),
        CONSTRAINT two_pairs_of_eyes CHECK (status <> 'approved' OR decided_by <> proposed_by)
      )`);
    await db.query(`COMMENT ON COLUMN adjustments.request IS 'What is asked for, as it is booked once it is approved'`);
    await db.query(`COMMENT ON COLUMN adjustments.amount IS 'What it came to when it was asked for'`);
    await db.query(`
      CREATE UNIQUE INDEX adjustments_open ON adjustments (tenant_id, kind, md5(request::text)) WHERE status = 'proposed'`);
    await db.query(`CALL paloma_protect('adjustments', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON adjustments TO paloma_door');
    await db.query('CREATE POLICY door_reads ON adjustments FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_open_adjustments() RETURNS TABLE (tenant_id uuid, adjustment_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.tenant_id, a.adjustment_id FROM adjustments a WHERE a.status = 'proposed'
         ORDER BY a.adjustment_id LIMIT 200 $$`);
    await db.query(`CALL paloma_make_door('door_open_adjustments()')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_open_adjustments');
    await db.query('DROP TABLE adjustments');
  }
}
