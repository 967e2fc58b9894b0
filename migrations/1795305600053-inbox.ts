import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who answers which customer: conversations, agents and teams, tickets, and what Paloma says there. Written by the engagement app. */
export class Inbox1795305600053 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE inbox_settings (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        settings   json NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id)
      )`);
    await db.query(`CALL paloma_protect('inbox_settings', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE inbox_agents (
        tenant_id  uuid NOT NULL,
        user_id    uuid NOT NULL,
        name       text NOT NULL,
        available  boolean NOT NULL,
        skills     text[] NOT NULL,
        capacity   integer NOT NULL CHECK (capacity BETWEEN 1 AND 1000),
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, user_id),
        FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users ON DELETE CASCADE
      )`);
    await db.query(`COMMENT ON COLUMN inbox_agents.capacity IS 'So many conversations are given to them at a time'`);
    await db.query(`CALL paloma_protect('inbox_agents', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE inbox_teams (
        tenant_id  uuid NOT NULL REFERENCES tenants,
        team_id    uuid NOT NULL,
        name       text NOT NULL,
        assignment text NOT NULL CHECK (assignment IN ('round_robin', 'load', 'skill', 'by_hand')),
        last_agent uuid,
        PRIMARY KEY (tenant_id, team_id),
        UNIQUE (tenant_id, name)
      )`);
    await db.query(`COMMENT ON COLUMN inbox_teams.last_agent IS 'Whose turn it was last, for round robin'`);
    await db.query(`CALL paloma_protect('inbox_teams', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);
    await db.query(`
      CREATE TABLE inbox_team_members (
        tenant_id uuid NOT NULL,
        team_id   uuid NOT NULL,
        user_id   uuid NOT NULL,
        PRIMARY KEY (tenant_id, team_id, user_id),
        FOREIGN KEY (tenant_id, team_id) REFERENCES inbox_teams ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, user_id) REFERENCES inbox_agents ON DELETE CASCADE
      )`);
    await db.query(`CALL paloma_protect('inbox_team_members', 'SELECT', 'INSERT', 'UPDATE', 'DELETE')`);

    await db.query(`
      CREATE TABLE inbox_conversations (
        tenant_id       uuid NOT NULL,
        conversation_id uuid NOT NULL,
        contact_id      uuid NOT NULL,
        phone_number_id uuid NOT NULL,
        customer        text NOT NULL,
        owner_kind      text NOT NULL CHECK (owner_kind IN ('nobody', 'bot', 'agent', 'desk')),
        owner_agent     uuid,
        owner_turn      bigint NOT NULL DEFAULT 0,
        team_id         uuid,
        skills          text[] NOT NULL DEFAULT '{}',
        labels          text[] NOT NULL DEFAULT '{}',
        unread          integer NOT NULL DEFAULT 0,
        last_line_id    uuid NOT NULL,
        away_told_at    timestamptz,
        updated_at      timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, conversation_id),
        FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts,
        FOREIGN KEY (tenant_id, phone_number_id) REFERENCES phone_numbers,
        FOREIGN KEY (tenant_id, team_id) REFERENCES inbox_teams ON DELETE SET NULL (team_id),
        FOREIGN KEY (tenant_id, owner_agent) REFERENCES inbox_agents ON DELETE SET NULL (owner_agent),
        UNIQUE (tenant_id, contact_id, phone_number_id)
      )`);
    await db.query(`COMMENT ON COLUMN inbox_conversations.customer IS 'Under what they last wrote: replies go there'`);
    await db.query(`
      COMMENT ON COLUMN inbox_conversations.owner_kind IS
        'desk: people who work in another system; an agent who was removed leaves owner_agent null, which counts as nobody'`);
    await db.query(`
      COMMENT ON COLUMN inbox_conversations.owner_turn IS
        'Counts changes of the owner: what was to be said in an earlier turn is not said any more'`);
    await db.query(
      `COMMENT ON COLUMN inbox_conversations.last_line_id IS 'The newest message of either side; time-ordered'`,
    );
    await db.query('CREATE INDEX inbox_conversations_newest ON inbox_conversations (tenant_id, last_line_id)');
    await db.query('CREATE INDEX inbox_conversations_owned ON inbox_conversations (tenant_id, owner_agent)');
    await db.query(`CALL paloma_protect('inbox_conversations', 'SELECT', 'INSERT', 'UPDATE')`);

    await db.query(`
      CREATE TABLE inbox_tickets (
        tenant_id          uuid NOT NULL,
        ticket_id          uuid NOT NULL,
        conversation_id    uuid NOT NULL,
        subject            text,
        status             text NOT NULL CHECK (status IN ('open', 'pending', 'solved', 'closed')),
        priority           text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
        first_reply_due_at timestamptz,
        first_replied_at   timestamptz,
        solve_due_at       timestamptz,
        solved_at          timestamptz,
        overdue_told       text[] NOT NULL DEFAULT '{}',
        updated_at         timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, ticket_id),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES inbox_conversations
      )`);
    await db.query(`
      CREATE UNIQUE INDEX inbox_tickets_one_open ON inbox_tickets (tenant_id, conversation_id)
       WHERE status IN ('open', 'pending')`);
    await db.query(
      `COMMENT ON COLUMN inbox_tickets.overdue_told IS 'Which of first_reply and solve were told to be late'`,
    );
    await db.query(`
      CREATE INDEX inbox_tickets_due ON inbox_tickets (least(first_reply_due_at, solve_due_at))
       WHERE status IN ('open', 'pending')`);
    await db.query(`CALL paloma_protect('inbox_tickets', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON inbox_tickets TO paloma_door');
    await db.query('CREATE POLICY door_reads ON inbox_tickets FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_with_late_tickets(at timestamptz) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT t.tenant_id FROM inbox_tickets t
         WHERE t.status IN ('open', 'pending') AND least(t.first_reply_due_at, t.solve_due_at) <= at
           AND ((t.first_reply_due_at <= at AND t.first_replied_at IS NULL AND NOT 'first_reply' = ANY (t.overdue_told))
             OR (t.solve_due_at <= at AND NOT 'solve' = ANY (t.overdue_told))) $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_late_tickets(timestamptz)')`);

    await db.query(`
      CREATE TABLE inbox_entries (
        tenant_id       uuid NOT NULL,
        entry_id        uuid NOT NULL,
        conversation_id uuid NOT NULL,
        kind            text NOT NULL,
        body            json NOT NULL,
        made_by         text NOT NULL,
        PRIMARY KEY (tenant_id, entry_id),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES inbox_conversations
      )`);
    await db.query(`
      COMMENT ON TABLE inbox_entries IS 'What the customer does not see: notes, and who gave the conversation to whom'`);
    await db.query('CREATE INDEX inbox_entries_of ON inbox_entries (tenant_id, conversation_id, entry_id)');
    await db.query(`CALL paloma_protect('inbox_entries', 'SELECT', 'INSERT')`);

    await db.query(`
      CREATE TABLE inbox_sayings (
        tenant_id       uuid NOT NULL,
        saying_id       uuid NOT NULL,
        conversation_id uuid NOT NULL,
        owner_turn      bigint,
        origin          json NOT NULL,
        body            json NOT NULL,
        state           text NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'dropped')),
        reason          text,
        due_at          timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, saying_id),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES inbox_conversations
      )`);
    await db.query(`
      COMMENT ON TABLE inbox_sayings IS
        'What Paloma says by itself in a conversation (a bot, an away message), until the gateway has taken it; the id is the message''s'`);
    await db.query(`
      COMMENT ON COLUMN inbox_sayings.owner_turn IS
        'Said only while this turn lasts and the bot owns the conversation; null: whoever owns it'`);
    await db.query(
      `CREATE INDEX inbox_sayings_waiting ON inbox_sayings (tenant_id, saying_id) WHERE state = 'waiting'`,
    );
    await db.query(`CALL paloma_protect('inbox_sayings', 'SELECT', 'INSERT', 'UPDATE')`);
    await db.query('GRANT SELECT ON inbox_sayings TO paloma_door');
    await db.query('CREATE POLICY door_reads ON inbox_sayings FOR SELECT TO paloma_door USING (true)');
    await db.query(`
      CREATE FUNCTION door_tenants_with_sayings(at timestamptz) RETURNS TABLE (tenant_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT s.tenant_id FROM inbox_sayings s WHERE s.state = 'waiting' AND s.due_at <= at $$`);
    await db.query(`CALL paloma_make_door('door_tenants_with_sayings(timestamptz)')`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION door_tenants_with_sayings, door_tenants_with_late_tickets');
    await db.query('DROP TABLE inbox_sayings, inbox_entries, inbox_tickets, inbox_conversations');
    await db.query('DROP TABLE inbox_team_members, inbox_teams, inbox_agents, inbox_settings');
  }
}
