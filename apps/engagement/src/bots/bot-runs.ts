import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { Played, RunEffect, RunEvent, RunState } from './run-state.js';

/** What another system is asked. */
export type Pending = Extract<RunEffect, { do: 'call' | 'answer' }>;

/** One conversation of a bot, from what began it to its end. */
export interface BotRun {
  runId: string;
  botId: string;
  version: number;
  conversationId: string;
  state: RunState;
  pending: Pending | null;
  /** Events that it has taken. */
  steps: number;
  overAt: Date | null;
}

export interface RunStep {
  nth: number;
  at: Date;
  event: Record<string, unknown>;
  effects: RunEffect[];
}

const COLUMNS = `r.run_id AS "runId", r.bot_id AS "botId", r.version, r.conversation_id AS "conversationId", r.state, r.pending,
  r.steps, r.over_at AS "overAt"`;

/** The one writer of what bots did. A conversation has one live run at most. */
@Injectable()
export class BotRuns {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async begin(tx: Tx, tenantId: string, run: Omit<BotRun, 'runId' | 'pending' | 'steps' | 'overAt'>): Promise<BotRun> {
    const runId = newId(this.clock.now());
    await tx.query(
      `INSERT INTO bot_runs (tenant_id, run_id, bot_id, version, conversation_id, state) VALUES ($1, $2, $3, $4, $5, $6)`,
      [tenantId, runId, run.botId, run.version, run.conversationId, JSON.stringify(run.state)],
    );
    return { ...run, runId, pending: null, steps: 0, overAt: null };
  }

  /** The conversation is locked by the caller. */
  async liveOf(tx: Tx, tenantId: string, conversationId: string): Promise<BotRun | undefined> {
    const [run]: BotRun[] = await tx.query(
      `SELECT ${COLUMNS} FROM bot_runs r WHERE r.tenant_id = $1 AND r.conversation_id = $2 AND r.over_at IS NULL`,
      [tenantId, conversationId],
    );
    return run;
  }

  /** When bots spoke in a conversation lately, whichever run it was. The conversation is locked by the caller. */
  async spokeLast(tx: Tx, tenantId: string, conversationId: string): Promise<readonly string[]> {
    const [run]: Pick<BotRun, 'state'>[] = await tx.query(
      'SELECT r.state FROM bot_runs r WHERE r.tenant_id = $1 AND r.conversation_id = $2 ORDER BY r.run_id DESC LIMIT 1',
      [tenantId, conversationId],
    );
    return run?.state.spoke ?? [];
  }

  /** Whether another run of the conversation was begun after this one. The conversation is locked by the caller. */
  async isFollowed(tx: Tx, tenantId: string, conversationId: string, runId: string): Promise<boolean> {
    const later: unknown[] = await tx.query(
      'SELECT FROM bot_runs r WHERE r.tenant_id = $1 AND r.run_id > $3 AND r.conversation_id = $2 LIMIT 1',
      [tenantId, conversationId, runId],
    );
    return later.length > 0;
  }

  async find(tx: Tx, tenantId: string, runId: string): Promise<BotRun | undefined> {
    const [run]: BotRun[] = await tx.query(
      `SELECT ${COLUMNS} FROM bot_runs r WHERE r.tenant_id = $1 AND r.run_id = $2`,
      [tenantId, runId],
    );
    return run;
  }

  /** Those that have something to do without a word of the customer. */
  async due(tx: Tx, tenantId: string, limit: number): Promise<BotRun[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM bot_runs r WHERE r.tenant_id = $1 AND r.due_at <= $2 ORDER BY r.due_at LIMIT $3`,
      [tenantId, this.clock.now(), limit],
    );
  }

  /** What an event did to a run, with the event: the record of the conversation. */
  async played(tx: Tx, tenantId: string, run: BotRun, event: RunEvent, { state, effects }: Played): Promise<void> {
    const pending = effects.find((e): e is Pending => e.do === 'call' || e.do === 'answer') ?? null;
    await tx.query(
      `UPDATE bot_runs SET state = $3, pending = $4, steps = steps + 1, due_at = $5, over_at = $6
        WHERE tenant_id = $1 AND run_id = $2`,
      [
        tenantId,
        run.runId,
        JSON.stringify(state),
        pending && JSON.stringify(pending),
        pending ? event.at : state.until,
        state.status === 'over' ? event.at : null,
      ],
    );
    const { contact: _, at, ...said } = event;
    await tx.query(
      `INSERT INTO bot_run_steps (tenant_id, run_id, nth, at, event, effects) VALUES ($1, $2, $3, $4, $5, $6)`,
      [tenantId, run.runId, run.steps, at, JSON.stringify(said), JSON.stringify(effects)],
    );
  }

  /** Words that are heard later; what it waits for stays as it is. */
  async keep(tx: Tx, tenantId: string, runId: string, state: RunState): Promise<void> {
    await tx.query('UPDATE bot_runs SET state = $3 WHERE tenant_id = $1 AND run_id = $2', [
      tenantId,
      runId,
      JSON.stringify(state),
    ]);
  }

  /** Nothing is due while people have the conversation. */
  async rest(tx: Tx, tenantId: string, runId: string): Promise<void> {
    await tx.query('UPDATE bot_runs SET due_at = NULL WHERE tenant_id = $1 AND run_id = $2', [tenantId, runId]);
  }

  async end(tx: Tx, tenantId: string, runId: string): Promise<void> {
    await tx.query(
      'UPDATE bot_runs SET due_at = NULL, pending = NULL, over_at = $3 WHERE tenant_id = $1 AND run_id = $2',
      [tenantId, runId, this.clock.now()],
    );
  }

  async list(
    tx: Tx,
    tenantId: string,
    botId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<BotRun[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM bot_runs r WHERE r.tenant_id = $1 AND r.bot_id = $2 AND ($3::uuid IS NULL OR r.run_id < $3)
        ORDER BY r.run_id DESC LIMIT $4`,
      [tenantId, botId, page.before ?? null, page.limit],
    );
  }

  /** The oldest first; the last `limit` of them. */
  async stepsOf(tx: Tx, tenantId: string, runId: string, limit: number): Promise<RunStep[]> {
    const steps: RunStep[] = await tx.query(
      `SELECT nth, at, event, effects FROM bot_run_steps WHERE tenant_id = $1 AND run_id = $2 ORDER BY nth DESC LIMIT $3`,
      [tenantId, runId, limit],
    );
    return steps.reverse();
  }
}
