import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Asked by `paloma_forget_before` alone: it is the tables' owner, whom row-level security binds. No app may call them. */
const DOORS = [
  'door_parked_events_between(uuid, uuid)',
  'door_keep_events(meta_events[])',
  'door_forget_settled_events(uuid)',
];

/**
 * What Meta told of a tenant and what is parked was never applied, and staff have yet to say what becomes of it. It outlives
 * its month: it moves to the default partition when the month goes, and goes itself once it is settled. What no tenant
 * has goes with its month.
 */
export class ParkedOutliveTheirMonth1795305600084 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION door_parked_events_between(first uuid, past uuid) RETURNS SETOF meta_events
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- One that staff have tried again a moment ago is new, and waits for no time.
        SELECT e.* FROM meta_events e
         WHERE (e.status = 'parked' OR (e.status = 'new' AND e.due_at IS NULL))
           AND e.event_id >= first AND e.event_id < past
           AND e.tenant_id > '00000000-0000-0000-0000-000000000000' $$`);
    await db.query(`
      CREATE FUNCTION door_keep_events(kept meta_events[]) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        INSERT INTO meta_events SELECT k.* FROM unnest(kept) k $$`);
    await db.query('GRANT SELECT, DELETE ON meta_events_default TO paloma_door');
    await db.query(`
      CREATE POLICY door_forgets ON meta_events_default TO paloma_door
        USING (status = 'done' AND event_id < paloma_first_id(now() - interval '7 days')) WITH CHECK (false)`);
    await db.query(`
      CREATE FUNCTION door_forget_settled_events(past uuid) RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DELETE FROM meta_events_default e WHERE e.status = 'done' AND e.event_id < past $$`);
    for (const door of DOORS) {
      await db.query(`CALL paloma_make_door('${door}')`);
      await db.query(`REVOKE ALL ON FUNCTION ${door} FROM paloma_tenant, paloma_staff`);
      await db.query(`GRANT EXECUTE ON FUNCTION ${door} TO CURRENT_USER`);
    }
    await forgetBefore(db, {
      declare: 'kept meta_events[];',
      // Whoever would settle one of them meanwhile waits, and then finds it where it is.
      beforeDrop: `
            kept := NULL;
            IF parent = 'meta_events' THEN
              LOCK TABLE ONLY meta_events IN ACCESS EXCLUSIVE MODE;
              SELECT array_agg(e) INTO kept FROM door_parked_events_between(paloma_first_id(month), paloma_first_id(past)) e;
            END IF;`,
      afterDrop: 'PERFORM door_keep_events(kept);',
      inTheEnd: 'PERFORM door_forget_settled_events(paloma_first_id(until));',
    });
  }

  async down(db: QueryRunner): Promise<void> {
    await forgetBefore(db);
    for (const door of DOORS) await db.query(`DROP FUNCTION ${door}`);
    await db.query('DROP POLICY door_forgets ON meta_events_default');
    await db.query('REVOKE SELECT, DELETE ON meta_events_default FROM paloma_door');
  }
}

/** As migration 15 made it, with more steps. */
async function forgetBefore(
  db: QueryRunner,
  { declare, beforeDrop, afterDrop, inTheEnd } = { declare: '', beforeDrop: '', afterDrop: '', inTheEnd: '' },
): Promise<void> {
  await db.query(`
      CREATE OR REPLACE FUNCTION paloma_forget_before(at timestamptz) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
      DECLARE parent text; partition text; month timestamptz; past timestamptz;
              until timestamptz := least(at, now() - interval '7 days');
              ${declare}
      BEGIN
        FOREACH parent IN ARRAY ARRAY['webhook_deliveries', 'tenant_events', 'meta_events'] LOOP
          FOR partition IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                            WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' LOOP
            month := (replace(right(partition, 7), '_', '-') || '-01')::timestamp AT TIME ZONE 'UTC';
            past := (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
            CONTINUE WHEN past > until;
            CONTINUE WHEN parent = 'meta_events'
              AND door_new_events_between(paloma_first_id(month), paloma_first_id(past));
            ${beforeDrop}
            EXECUTE format('DROP TABLE %I', partition);
            ${afterDrop}
            RETURN NEXT partition;
          END LOOP;
        END LOOP;
        ${inTheEnd}
      END $$`);
}
