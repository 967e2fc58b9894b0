import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Registrations of a number are made by the onboarding app, by signups and through the gateway, and Meta counts them all.
 * So they stand at the number, written by libs/wabas. Accounts with a review that is open are looked at more often.
 */
export class RegistrationsAndOpenReviews1795305600046 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE phone_numbers ADD registrations timestamptz[] NOT NULL DEFAULT '{}'`);
    await db.query(
      `COMMENT ON COLUMN phone_numbers.registrations IS 'Calls of register and deregister in 72 h: Meta takes ten'`,
    );
    await db.query(`
      UPDATE phone_numbers n SET registrations = c.registrations FROM number_care c
       WHERE c.tenant_id = n.tenant_id AND c.phone_number_id = n.phone_number_id AND c.registrations <> '{}'`);
    await db.query('ALTER TABLE number_care DROP registrations');

    await db.query('DROP FUNCTION door_accounts_to_look_at(timestamptz)');
    await db.query(`
      CREATE FUNCTION door_accounts_to_look_at(before timestamptz, open_before timestamptz, connected_since timestamptz)
      RETURNS TABLE (tenant_id uuid, waba_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT w.tenant_id, w.waba_id FROM wabas w
         WHERE w.sealed_token IS NOT NULL
           AND (w.looked_at IS NULL OR w.looked_at < before
             OR w.looked_at < open_before
                AND (w.created_at > connected_since AND coalesce(w.review_status, '') NOT IN ('APPROVED', 'REJECTED')
                  OR EXISTS (SELECT FROM phone_numbers n
                              WHERE n.tenant_id = w.tenant_id AND n.waba_id = w.waba_id
                                AND n.new_name_status = 'PENDING_REVIEW')))
         ORDER BY w.looked_at NULLS FIRST LIMIT 100 $$`);
    await db.query(`CALL paloma_make_door('door_accounts_to_look_at(timestamptz, timestamptz, timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_accounts_to_look_at(timestamptz, timestamptz, timestamptz)');
    await db.query(`
      CREATE FUNCTION door_accounts_to_look_at(before timestamptz) RETURNS TABLE (tenant_id uuid, waba_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT w.tenant_id, w.waba_id FROM wabas w
         WHERE w.sealed_token IS NOT NULL AND (w.looked_at IS NULL OR w.looked_at < before)
         ORDER BY w.looked_at NULLS FIRST LIMIT 100 $$`);
    await db.query(`CALL paloma_make_door('door_accounts_to_look_at(timestamptz)')`);
    await db.query(`ALTER TABLE number_care ADD registrations timestamptz[] NOT NULL DEFAULT '{}'`);
    await db.query(`
      UPDATE number_care c SET registrations = n.registrations FROM phone_numbers n
       WHERE c.tenant_id = n.tenant_id AND c.phone_number_id = n.phone_number_id`);
    await db.query('ALTER TABLE phone_numbers DROP registrations');
  }
}
