import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows go when a tenant is erased; the others are the books and the provider's own trace (docs/adr/0028). */
const ERASABLE = `
  account_events alert_rules alerts api_keys application_documents application_entries applications automation_runs
  automation_steps automation_versions automations bot_run_steps bot_runs bot_versions bots business_profiles campaign_counts
  campaign_news campaign_numbers campaign_recipients campaigns catalogue_batches catalogues consent_records consent_settings
  consent_states contact_activity contact_attributes contact_identifiers contact_import_pieces contact_import_refusals
  contact_imports contact_notes contacts customer_marks erasures idempotency_keys inbound_messages inbound_unseen inbox_agents
  inbox_conversations inbox_entries inbox_sayings inbox_settings inbox_team_members inbox_teams inbox_tickets lane_leases
  letters limit_changes media media_at_meta media_copies media_objects message_events messages meta_events meta_routes
  number_care on_premises_clients one_time_links opt_in_forms products quick_replies retentions segments service_windows
  setup_links shop_events shop_order_items shop_orders shop_sources signup_news signup_steps signups template_events
  template_syncs templates tenant_events tenant_notes tenant_users usage_facts user_sessions wallet_estimates wallet_holds
  webhook_deliveries webhook_endpoints webhook_signing_secrets`
  .trim()
  .split(/\s+/);

/**
 * A tenant is closed: for a while it can only read, then it leaves Meta and everything of it is erased.
 *
 * Nobody has the right to delete a tenant's rows at large. One door does it, and by policies only for a tenant whose closing
 * has come so far; a table that is added later becomes erasable by calling paloma_erasable.
 */
export class Closings1795305600064 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE tenants
        DROP CONSTRAINT tenants_status_check,
        ADD CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended', 'locked', 'closing', 'closed')),
        ADD COLUMN closes_at timestamptz,
        ADD CONSTRAINT tenants_closing_ends CHECK (status <> 'closing' OR closes_at IS NOT NULL)`);
    await db.query(
      `COMMENT ON COLUMN tenants.closes_at IS 'Of one that is closing or closed: when it can no longer return'`,
    );
    await db.query('GRANT UPDATE (closes_at) ON tenants TO paloma_staff');

    // Written by libs/closing.
    await db.query(`
      CREATE TABLE closings (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        closing_id uuid NOT NULL,
        state      text NOT NULL CHECK (state IN ('grace', 'undone', 'leaving', 'erasing', 'closed')),
        stood      text NOT NULL,
        asked_by   text NOT NULL,
        asked_at   timestamptz NOT NULL,
        closes_at  timestamptz NOT NULL,
        undone_at  timestamptz,
        steps      jsonb NOT NULL DEFAULT '[]',
        due_at     timestamptz NOT NULL,
        attempts   integer NOT NULL DEFAULT 0,
        waits_for  text,
        found      jsonb,
        naming     jsonb,
        erased     jsonb NOT NULL DEFAULT '{}',
        remains    jsonb,
        closed_at  timestamptz,
        PRIMARY KEY (tenant_id, closing_id)
      )`);
    await db.query(
      `COMMENT ON COLUMN closings.stood IS 'How the tenant stood before, and stands again when it is undone'`,
    );
    await db.query(`COMMENT ON COLUMN closings.steps IS 'What was done at Meta, and what Meta said'`);
    await db.query(`COMMENT ON COLUMN closings.found IS 'Rows by table before the first was erased'`);
    await db.query(
      `COMMENT ON COLUMN closings.naming IS 'Rows by table that are kept and name a customer, searched for while it was known who they are'`,
    );
    await db.query(`COMMENT ON COLUMN closings.remains IS 'Rows by table that should be gone, counted afterwards'`);
    await db.query(`CREATE UNIQUE INDEX closings_one ON closings (tenant_id) WHERE state <> 'undone'`);
    await db.query(`CREATE INDEX closings_due ON closings (due_at) WHERE state IN ('grace', 'leaving', 'erasing')`);
    await db.query(`CALL paloma_protect('closings', 'SELECT')`);
    await db.query('GRANT INSERT, UPDATE ON closings TO paloma_staff');
    // Leaving Meta takes the tokens of its accounts, which the merchants' apps have and the admin app has not.
    await db.query('GRANT UPDATE (state, steps, due_at, attempts) ON closings TO paloma_tenant');
    await db.query('GRANT SELECT ON closings TO paloma_door');
    await db.query('CREATE POLICY door_reads ON closings FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_closings_to_leave(at timestamptz) RETURNS TABLE (tenant_id uuid, closing_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.tenant_id, c.closing_id FROM closings c
         WHERE c.state IN ('grace', 'leaving') AND c.due_at <= at ORDER BY c.due_at LIMIT 20 $$`);
    await db.query(`CALL paloma_make_door('door_closings_to_leave(timestamptz)')`);

    await db.query(`
      CREATE PROCEDURE paloma_erasable(target regclass) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('GRANT SELECT, DELETE ON %s TO paloma_door', target);
        EXECUTE format('CREATE POLICY door_erases ON %s TO paloma_door
                        USING (tenant_id IN (SELECT c.tenant_id FROM closings c WHERE c.state = ''erasing''))
                        WITH CHECK (false)', target);
      END $$`);
    await db.query(`
      COMMENT ON PROCEDURE paloma_erasable IS
        'Lets the rows of a tenant table be erased with their tenant, and by nothing else; called once per table'`);
    for (const table of ERASABLE) await db.query(`CALL paloma_erasable('${table}')`);
    await db.query(`
      CREATE FUNCTION door_erase_rows(tenant uuid, target text, at_most integer) RETURNS bigint
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE gone bigint;
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = to_regclass(quote_ident(target)) AND polname = 'door_erases')
           OR NOT EXISTS (SELECT FROM closings c WHERE c.tenant_id = tenant AND c.state = 'erasing') THEN
          RAISE EXCEPTION 'no rows of % are to be erased', target USING ERRCODE = 'insufficient_privilege';
        END IF;
        -- Partitions have rows of the same place; whichever of them are the tenant's are to go as well.
        EXECUTE format('DELETE FROM %1$I WHERE tenant_id = $1
                         AND ctid = ANY (ARRAY(SELECT ctid FROM %1$I WHERE tenant_id = $1 LIMIT $2))', target)
          USING tenant, at_most;
        GET DIAGNOSTICS gone = ROW_COUNT;
        RETURN gone;
      END $$`);
    await db.query(`CALL paloma_make_door('door_erase_rows(uuid, text, integer)')`);

    // A key is refused with the day on which the account ends.
    await keyDoor(db, ', closes_at timestamptz', ', t.closes_at');
  }

  async down(db: QueryRunner): Promise<void> {
    await keyDoor(db, '', '');
    await db.query('DROP FUNCTION door_erase_rows, door_closings_to_leave');
    for (const table of ERASABLE) {
      await db.query(`DROP POLICY door_erases ON ${table}`);
      if (table !== 'idempotency_keys') await db.query(`REVOKE DELETE ON ${table} FROM paloma_door`);
    }
    await db.query('DROP PROCEDURE paloma_erasable');
    await db.query('DROP TABLE closings');
    await db.query(`UPDATE tenants SET status = 'suspended' WHERE status = 'closing'`);
    await db.query(`
      ALTER TABLE tenants
        DROP CONSTRAINT tenants_closing_ends,
        DROP COLUMN closes_at,
        DROP CONSTRAINT tenants_status_check,
        ADD CONSTRAINT tenants_status_check CHECK (status IN ('active', 'suspended', 'locked', 'closed'))`);
  }
}

/** As migration 030 made it, with one more column. */
async function keyDoor(db: QueryRunner, column: string, value: string): Promise<void> {
  await db.query('DROP FUNCTION door_api_key(bytea)');
  await db.query(`
    CREATE FUNCTION door_api_key(key_hash bytea)
    RETURNS TABLE (tenant_id uuid, api_key_id uuid, expires_at timestamptz, tenant_status text, scopes text[],
                   waba_id uuid, phone_number_id uuid, meta_ids text[]${column})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.tenant_id, k.api_key_id, k.expires_at, t.status, k.scopes, k.waba_id, k.phone_number_id,
             CASE WHEN k.waba_id IS NOT NULL THEN
               ARRAY(SELECT w.meta_waba_id FROM wabas w WHERE w.tenant_id = k.tenant_id AND w.waba_id = k.waba_id) ||
               ARRAY(SELECT n.meta_phone_number_id FROM phone_numbers n
                      WHERE n.tenant_id = k.tenant_id AND n.waba_id = k.waba_id
                        AND (k.phone_number_id IS NULL OR n.phone_number_id = k.phone_number_id)) END${value}
        FROM api_keys k JOIN tenants t USING (tenant_id)
       WHERE k.hash = key_hash AND k.revoked_at IS NULL $$`);
  await db.query(`CALL paloma_make_door('door_api_key(bytea)')`);
}
