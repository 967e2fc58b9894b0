import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Saved filters over contacts, and opt-in forms for merchants' websites. Written by the engagement app. */
export class SegmentsAndForms1795305600050 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE segments (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        segment_id uuid NOT NULL,
        name       text NOT NULL,
        filter     json NOT NULL,
        made_by    text NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, segment_id),
        UNIQUE (tenant_id, name)
      )`);
    await db.query(`CALL paloma_protect('segments', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE opt_in_forms (
        tenant_id       uuid NOT NULL REFERENCES tenants,
        form_id         uuid NOT NULL,
        name            text NOT NULL,
        phone_number_id uuid NOT NULL,
        origins         text[] NOT NULL,
        texts           json NOT NULL,
        confirm         boolean NOT NULL,
        enabled         boolean NOT NULL,
        made_by         text NOT NULL,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, form_id),
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers
      )`);
    await db.query(
      `COMMENT ON COLUMN opt_in_forms.origins IS 'Websites that may show it, such as https://shop.example'`,
    );
    await db.query(`
      COMMENT ON COLUMN opt_in_forms.confirm IS
        'Whether it counts only when the customer has sent the message of the chat link, which proves the number (double opt-in)'`);
    await db.query(`CALL paloma_protect('opt_in_forms', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    // A visitor of a website knows the form and nobody's tenant.
    await db.query('GRANT SELECT ON opt_in_forms TO paloma_door');
    await db.query('CREATE POLICY door_reads ON opt_in_forms FOR SELECT TO paloma_door USING (true)');
    await db.query('CREATE INDEX opt_in_forms_by_id ON opt_in_forms (form_id)');
    await db.query(`
      CREATE FUNCTION door_opt_in_form(id uuid) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT f.tenant_id FROM opt_in_forms f JOIN tenants t USING (tenant_id)
         WHERE f.form_id = id AND f.enabled AND t.status = 'active' $$`);
    await db.query(`CALL paloma_make_door('door_opt_in_form(uuid)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_opt_in_form');
    await db.query('DROP TABLE opt_in_forms, segments');
  }
}
