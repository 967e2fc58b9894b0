import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The owners of a tenant are written to when its closing begins, and when it is undone. */
export class LettersAboutClosings1795305600113 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE closings ADD COLUMN written_of text CHECK (written_of IN ('grace', 'undone'))`);
    await db.query(`COMMENT ON COLUMN closings.written_of IS 'Of which state the owners were last written to'`);
    await db.query('GRANT UPDATE (written_of) ON closings TO paloma_tenant');
    // One that was undone before anybody was written to is nobody's news.
    await db.query(`
      CREATE FUNCTION door_closings_to_write_of(at timestamptz) RETURNS TABLE (tenant_id uuid, closing_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.tenant_id, c.closing_id FROM closings c
         WHERE (c.state = 'grace' AND c.closes_at > at AND c.written_of IS NULL)
            OR (c.state = 'undone' AND c.written_of = 'grace') LIMIT 20 $$`);
    await db.query(`CALL paloma_make_door('door_closings_to_write_of(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_closings_to_write_of');
    await db.query('ALTER TABLE closings DROP COLUMN written_of');
  }
}
