import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A partition of an append-only table cannot be emptied either. PostgreSQL gives a partition the row triggers of its
 * parent but no statement triggers (PostgreSQL 18, CREATE TRIGGER), so a month of charges could be truncated by its owner.
 */
export class AppendOnlyPartitions1795305600020 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE PROCEDURE paloma_guard_partition(parent regclass, partition regclass) LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = parent AND tgname = 'append_only_whole')
           AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = partition AND tgname = 'append_only_whole') THEN
          EXECUTE format('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %s EXECUTE FUNCTION paloma_append_only()',
            partition);
        END IF;
      END $$`);
    await db.query(`
      COMMENT ON PROCEDURE paloma_guard_partition IS
        'Gives a partition the trigger against TRUNCATE that its parent has; called for each partition that is made'`);
    await replaceMonth(db, 'CALL paloma_guard_partition(parent, partition::regclass);');
    await db.query(`
      DO $$ DECLARE one record;
      BEGIN
        FOR one IN SELECT i.inhparent, i.inhrelid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE c.relkind = 'r' LOOP
          CALL paloma_guard_partition(one.inhparent::regclass, one.inhrelid::regclass);
        END LOOP;
      END $$`);
  }

  async down(db: QueryRunner): Promise<void> {
    await replaceMonth(db, '');
    await db.query(`
      DO $$ DECLARE one record;
      BEGIN
        FOR one IN SELECT t.tgrelid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                    WHERE t.tgname = 'append_only_whole' AND c.relispartition LOOP
          EXECUTE format('DROP TRIGGER append_only_whole ON %s', one.tgrelid::regclass);
        END LOOP;
      END $$`);
    await db.query('DROP PROCEDURE paloma_guard_partition');
  }
}

/** As the first migration made it, with one more statement for a partition that is new. */
const replaceMonth = (db: QueryRunner, andThen: string): Promise<unknown> =>
  db.query(`
    CREATE OR REPLACE PROCEDURE paloma_partition_month(parent regclass, month date) LANGUAGE plpgsql AS $$
    DECLARE partition text := parent::text || to_char(month, '"_"YYYY"_"MM');
            start timestamptz := date_trunc('month', month)::timestamp AT TIME ZONE 'UTC';
    BEGIN
      IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
      EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', partition, parent,
        paloma_first_id(start), paloma_first_id(start + interval '1 month'));
      CALL paloma_protect(partition::regclass, VARIADIC '{}'::text[]);
      ${andThen}
    EXCEPTION WHEN check_violation THEN
      RAISE NOTICE 'rows of % wait in the default partition of %', month, parent;
    END $$`);
