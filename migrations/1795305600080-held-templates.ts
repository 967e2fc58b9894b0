import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The provider holds a template back for a while. Written by libs/templates. */
export class HeldTemplates1795305600080 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE templates ADD COLUMN held_until timestamptz');
    await db.query(
      `COMMENT ON COLUMN templates.held_until IS 'Until when the provider lets nobody send it, although Meta would'`,
    );
    await db.query(
      `COMMENT ON COLUMN template_events.kind IS
        'status, quality, category, category_impending: reports; create, edit, delete, unpause: commands;
         hold, hold_end: commands of staff; components: drift'`,
    );
    await db.query('GRANT UPDATE (held_until) ON templates TO paloma_staff');
    await db.query('GRANT INSERT ON template_events TO paloma_staff');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('REVOKE INSERT ON template_events FROM paloma_staff');
    await db.query(
      `COMMENT ON COLUMN template_events.kind IS
        'status, quality, category, category_impending: reports; create, edit, delete, unpause: commands; components: drift'`,
    );
    await db.query('ALTER TABLE templates DROP COLUMN held_until');
  }
}
