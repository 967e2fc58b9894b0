import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accepting asks for the service windows of customers of many tenants in one statement. */
export class LastHeard1795305600021 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('GRANT SELECT ON service_windows TO paloma_door');
    await db.query('CREATE POLICY door_reads ON service_windows FOR SELECT TO paloma_door USING (true)');
    // Windows that never were are not among the answers; "nth" says which question a row answers.
    await db.query(`
      CREATE FUNCTION door_last_heard(tenant_ids uuid[], phone_number_ids uuid[], customers text[])
      RETURNS TABLE (nth bigint, last_user_message_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT a.nth, w.last_user_message_at
          FROM unnest(tenant_ids, phone_number_ids, customers) WITH ORDINALITY
            AS a(tenant_id, phone_number_id, customer, nth)
          JOIN service_windows w
            ON w.tenant_id = a.tenant_id AND w.phone_number_id = a.phone_number_id AND w.customer = a.customer $$`);
    await db.query(`CALL paloma_make_door('door_last_heard(uuid[], uuid[], text[])')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_last_heard');
    await db.query('DROP POLICY door_reads ON service_windows');
    await db.query('REVOKE SELECT ON service_windows FROM paloma_door');
  }
}
