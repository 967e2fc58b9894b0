import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Columns that hold what is sealed, and that the admin worker seals anew when the key was rotated; nothing else of them. */
const SEALED: readonly (readonly [table: string, columns: string])[] = [
  ['wabas', 'sealed_token'],
  ['phone_numbers', 'sealed_pin'],
  ['signups', 'sealed_code, sealed_token'],
  ['letters', 'sealed'],
  ['webhook_endpoints', 'sealed_secret, sealed_previous_secret, sealed_headers'],
  ['webhook_signing_secrets', 'sealed_secret'],
  ['tenant_users', 'sealed_totp'],
  ['on_premises_clients', 'sealed_password, sealed_callback_secret'],
  ['idempotency_keys', 'answer'],
  ['shop_sources', 'sealed_secret'],
];

export class Resealing1795305600060 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const [table, columns] of SEALED) await db.query(`GRANT UPDATE (${columns}) ON ${table} TO paloma_staff`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [table, columns] of SEALED) await db.query(`REVOKE UPDATE (${columns}) ON ${table} FROM paloma_staff`);
  }
}
