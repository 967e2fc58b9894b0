import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { type Assignment, type Candidate, chooseAgent } from './choose-agent.js';

/** One of the merchant's people who answers customers. */
export interface InboxAgent {
  userId: string;
  name: string;
  available: boolean;
  skills: string[];
  capacity: number;
  /** Conversations that are theirs now. */
  load: number;
}

export interface InboxTeam {
  teamId: string;
  name: string;
  assignment: Assignment;
  members: string[];
}

const AGENT = `a.user_id AS "userId", a.name, a.available, a.skills, a.capacity,
  (SELECT count(*)::int FROM inbox_conversations c
    WHERE c.tenant_id = a.tenant_id AND c.owner_kind = 'agent' AND c.owner_agent = a.user_id) AS load`;
const TEAM = `t.team_id AS "teamId", t.name, t.assignment, ARRAY(SELECT m.user_id FROM inbox_team_members m
  WHERE m.tenant_id = t.tenant_id AND m.team_id = t.team_id ORDER BY 1) AS members`;

/** The one writer of agents and teams. */
@Injectable()
export class InboxTeams {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  agents(tx: Tx, tenantId: string): Promise<InboxAgent[]> {
    return tx.query(`SELECT ${AGENT} FROM inbox_agents a WHERE a.tenant_id = $1 ORDER BY a.name, a.user_id`, [
      tenantId,
    ]);
  }

  async agent(tx: Tx, tenantId: string, userId: string): Promise<InboxAgent | undefined> {
    const [agent]: InboxAgent[] = await tx.query(
      `SELECT ${AGENT} FROM inbox_agents a WHERE a.tenant_id = $1 AND a.user_id = $2`,
      [tenantId, userId],
    );
    return agent;
  }

  /** Makes a user an agent, or changes one. @returns false when the merchant has no such user */
  async putAgent(tx: Tx, tenantId: string, agent: Omit<InboxAgent, 'load'>): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO inbox_agents (tenant_id, user_id, name, available, skills, capacity, updated_at)
       SELECT $1, u.user_id, $3, $4, $5, $6, $7 FROM tenant_users u WHERE u.tenant_id = $1 AND u.user_id = $2
       ON CONFLICT (tenant_id, user_id) DO UPDATE SET name = excluded.name, available = excluded.available,
         skills = excluded.skills, capacity = excluded.capacity, updated_at = excluded.updated_at
       RETURNING 1`,
      [tenantId, agent.userId, agent.name, agent.available, agent.skills, agent.capacity, this.clock.now()],
    );
    return rows.length > 0;
  }

  async setAvailable(tx: Tx, tenantId: string, userId: string, available: boolean): Promise<boolean> {
    const [, count] = await tx.query(
      'UPDATE inbox_agents SET available = $3, updated_at = $4 WHERE tenant_id = $1 AND user_id = $2',
      [tenantId, userId, available, this.clock.now()],
    );
    return count > 0;
  }

  async removeAgent(tx: Tx, tenantId: string, userId: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM inbox_agents WHERE tenant_id = $1 AND user_id = $2', [
      tenantId,
      userId,
    ]);
    return count > 0;
  }

  teams(tx: Tx, tenantId: string): Promise<InboxTeam[]> {
    return tx.query(`SELECT ${TEAM} FROM inbox_teams t WHERE t.tenant_id = $1 ORDER BY t.name`, [tenantId]);
  }

  async team(tx: Tx, tenantId: string, teamId: string): Promise<InboxTeam | undefined> {
    const [team]: InboxTeam[] = await tx.query(
      `SELECT ${TEAM} FROM inbox_teams t WHERE t.tenant_id = $1 AND t.team_id = $2`,
      [tenantId, teamId],
    );
    return team;
  }

  async teamByName(tx: Tx, tenantId: string, name: string): Promise<string | undefined> {
    const [team]: { id: string }[] = await tx.query(
      'SELECT team_id AS id FROM inbox_teams WHERE tenant_id = $1 AND name = $2',
      [tenantId, name],
    );
    return team?.id;
  }

  /** Makes a team, or changes the one of this name. @returns undefined when a member is no agent */
  async putTeam(tx: Tx, tenantId: string, team: Omit<InboxTeam, 'teamId'>): Promise<InboxTeam | undefined> {
    const [{ id }]: [{ id: string }] = await tx.query(
      `INSERT INTO inbox_teams (tenant_id, team_id, name, assignment) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, name) DO UPDATE SET assignment = excluded.assignment RETURNING team_id AS id`,
      [tenantId, newId(this.clock.now()), team.name, team.assignment],
    );
    await tx.query('DELETE FROM inbox_team_members WHERE tenant_id = $1 AND team_id = $2', [tenantId, id]);
    const added: unknown[] = await tx.query(
      `INSERT INTO inbox_team_members (tenant_id, team_id, user_id)
       SELECT $1, $2, a.user_id FROM inbox_agents a WHERE a.tenant_id = $1 AND a.user_id = ANY ($3::uuid[]) RETURNING 1`,
      [tenantId, id, team.members],
    );
    return added.length === new Set(team.members).size ? this.team(tx, tenantId, id) : undefined;
  }

  async removeTeam(tx: Tx, tenantId: string, teamId: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM inbox_teams WHERE tenant_id = $1 AND team_id = $2', [
      tenantId,
      teamId,
    ]);
    return count > 0;
  }

  /**
   * Whose turn it is in a team. The team is locked until the transaction ends, so two conversations at once go to two.
   *
   * @param needs skills that the conversation asks for
   * @returns undefined when nobody of the team can take one
   */
  async nextAgent(tx: Tx, tenantId: string, teamId: string, needs: readonly string[]): Promise<string | undefined> {
    const [team]: { assignment: Assignment; last: string | null }[] = await tx.query(
      `SELECT assignment, last_agent AS last FROM inbox_teams WHERE tenant_id = $1 AND team_id = $2 FOR UPDATE`,
      [tenantId, teamId],
    );
    if (!team) return undefined;
    const members: Candidate[] = await tx.query(
      `SELECT ${AGENT} FROM inbox_agents a JOIN inbox_team_members m USING (tenant_id, user_id)
        WHERE m.tenant_id = $1 AND m.team_id = $2`,
      [tenantId, teamId],
    );
    const userId = chooseAgent(team.assignment, members, { needs, last: team.last });
    if (userId) {
      await tx.query('UPDATE inbox_teams SET last_agent = $3 WHERE tenant_id = $1 AND team_id = $2', [
        tenantId,
        teamId,
        userId,
      ]);
    }
    return userId;
  }
}
