import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A customer by their number, or a message of theirs by Meta's id, which has the number in it. */
const NAMES_CUSTOMER = '(/service-windows/|(?<!/api)/v1/messages/)[^/]+';

/**
 * What staff did in a tenant is never changed, so it must not name a customer, whom no erasure could take out of it again. The
 * paths that were kept before lose what names one, as libs/observability leaves it out of those that are kept from now on.
 */
export class SupportUsesWithoutCustomers1795305600096 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`COMMENT ON COLUMN support_uses.path IS 'Without its query, and without what names a customer'`);
    // The tables' owner is bound by row-level security, too, unless it lifts that from itself.
    await db.query('ALTER TABLE support_uses NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER append_only');
    await db.query(`
      UPDATE support_uses SET path = regexp_replace(path, '${NAMES_CUSTOMER}', '\\1[redacted]')
       WHERE path ~ '${NAMES_CUSTOMER}'`);
    await db.query('ALTER TABLE support_uses FORCE ROW LEVEL SECURITY, ENABLE TRIGGER append_only');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`COMMENT ON COLUMN support_uses.path IS 'Without its query'`);
  }
}
