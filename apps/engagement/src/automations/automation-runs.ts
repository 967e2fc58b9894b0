import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { ShopEvent } from '../shop-events/shop-event.js';
import { AutomationSteps } from './automation-steps.js';
import type { StoredAutomation } from './automations.js';
import { dueAt, type LastRun } from './plan-run.js';

export type RunState = 'waiting' | 'done' | 'goal_met' | 'replied' | 'stopped';

export interface AutomationRun {
  runId: string;
  automationId: string;
  version: number;
  contactId: string;
  subject: string;
  data: Record<string, unknown>;
  triggeredAt: Date;
  nextStep: number;
  state: RunState;
  dueAt: Date | null;
  reason: string | null;
  endedAt: Date | null;
}

const COLUMNS = `r.run_id AS "runId", r.automation_id AS "automationId", r.version, r.contact_id AS "contactId", r.subject, r.data,
  r.triggered_at AS "triggeredAt", r.next_step AS "nextStep", r.state, r.due_at AS "dueAt", r.reason, r.ended_at AS "endedAt"`;

/** The one writer of runs: an automation that follows one event, for one customer. */
@Injectable()
export class AutomationRuns {
  constructor(
    private readonly db: Database,
    private readonly steps: AutomationSteps,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Events about one customer are followed one after the other, so that none of them misses what another began or ended. */
  async oneByOne(tx: Tx, tenantId: string, contactId: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`automations ${tenantId} ${contactId}`]);
  }

  /** The newest run of an automation about a cart or order. */
  async last(
    tx: Tx,
    tenantId: string,
    of: { automationId: string; contactId: string; subject: string },
  ): Promise<(LastRun & { runId: string }) | undefined> {
    const [run]: (LastRun & { runId: string })[] = await tx.query(
      `SELECT run_id AS "runId", state = 'waiting' AS waiting, next_step AS next, triggered_at AS "triggeredAt"
         FROM automation_runs WHERE tenant_id = $1 AND contact_id = $2 AND automation_id = $3 AND subject = $4
        ORDER BY run_id DESC LIMIT 1`,
      [tenantId, of.contactId, of.automationId, of.subject],
    );
    return run;
  }

  async start(
    tx: Tx,
    tenantId: string,
    { automationId, version, definition }: StoredAutomation,
    event: ShopEvent,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO automation_runs (tenant_id, run_id, automation_id, version, event_id, contact_id, subject, data,
                                    triggered_at, next_step, goal_kinds, goal_scope, state, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, 'waiting', $12)`,
      [
        tenantId,
        newId(this.clock.now()),
        automationId,
        version,
        event.eventId,
        event.contactId,
        event.subject,
        JSON.stringify(event.data),
        event.at,
        definition.goal.kinds,
        definition.goal.scope,
        dueAt(definition.steps, event.at, 0),
      ],
    );
  }

  /** Begins the wait anew, by the newest version and with what the event tells. */
  async refresh(
    tx: Tx,
    tenantId: string,
    runId: string,
    { version, definition }: StoredAutomation,
    event: ShopEvent,
  ): Promise<void> {
    await tx.query(
      `UPDATE automation_runs
          SET version = $3, event_id = $4, data = $5, triggered_at = $6, due_at = $7, goal_kinds = $8, goal_scope = $9
        WHERE tenant_id = $1 AND run_id = $2 AND state = 'waiting' AND next_step = 0
          AND NOT EXISTS (SELECT FROM automation_steps s WHERE s.tenant_id = $1 AND s.run_id = $2)`,
      [
        tenantId,
        runId,
        version,
        event.eventId,
        JSON.stringify(event.data),
        event.at,
        dueAt(definition.steps, event.at, 0),
        definition.goal.kinds,
        definition.goal.scope,
      ],
    );
  }

  /** Ends what waits and has this event for its goal; a step that is on its way to the gateway still goes. */
  async meetGoals(tx: Tx, tenantId: string, { kind, at, contactId, subject }: ShopEvent): Promise<void> {
    await tx.query(
      `UPDATE automation_runs SET state = 'goal_met', due_at = NULL, ended_at = $5, reason = $3
        WHERE tenant_id = $1 AND contact_id = $2 AND state = 'waiting' AND $3 = ANY (goal_kinds) AND triggered_at <= $6
          AND (goal_scope = 'customer' OR subject = $4)`,
      [tenantId, contactId, kind, subject, this.clock.now(), at],
    );
  }

  /**
   * What runs for a contact that became another's runs for the other: goals that it meets count, as do those that it met
   * already. Of two runs about the same cart or order the other's goes on. The events have been moved before.
   */
  async followMerge(tx: Tx, tenantId: string, { from, into }: { from: string; into: string }): Promise<void> {
    for (const contactId of [from, into].sort()) await this.oneByOne(tx, tenantId, contactId);
    const now = this.clock.now();
    await tx.query(
      `UPDATE automation_runs r SET state = 'stopped', due_at = NULL, ended_at = $4, reason = 'merged'
        WHERE r.tenant_id = $1 AND r.contact_id = $2 AND r.state = 'waiting' AND EXISTS (
          SELECT FROM automation_runs o WHERE o.tenant_id = $1 AND o.contact_id = $3 AND o.state = 'waiting'
             AND o.automation_id = r.automation_id AND o.subject = r.subject)`,
      [tenantId, from, into, now],
    );
    await tx.query('UPDATE automation_runs SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2', [
      tenantId,
      from,
      into,
    ]);
    await tx.query(
      `UPDATE automation_runs r SET state = 'goal_met', due_at = NULL, ended_at = $3, reason = e.kind
         FROM shop_events e
        WHERE r.tenant_id = $1 AND r.contact_id = $2 AND r.state = 'waiting'
          AND e.tenant_id = $1 AND e.contact_id = $2 AND e.kind = ANY (r.goal_kinds) AND e.at >= r.triggered_at
          AND (r.goal_scope = 'customer' OR e.subject = r.subject)`,
      [tenantId, into, now],
    );
  }

  /** Takes away all runs for a contact that is erased. A message that is on its way to the gateway still goes. */
  async forget(tx: Tx, tenantId: string, contactId: string): Promise<void> {
    await this.oneByOne(tx, tenantId, contactId);
    // Locked first: whoever has one in hand adds a step to it.
    const runs: { runId: string }[] = await tx.query(
      `SELECT run_id AS "runId" FROM automation_runs WHERE tenant_id = $1 AND contact_id = $2 ORDER BY run_id FOR UPDATE`,
      [tenantId, contactId],
    );
    const runIds = runs.map((run) => run.runId);
    await this.steps.drop(tx, tenantId, runIds);
    await tx.query('DELETE FROM automation_runs WHERE tenant_id = $1 AND run_id = ANY ($2::uuid[])', [
      tenantId,
      runIds,
    ]);
  }

  /** Ends what waits of an automation that was switched off. */
  async stopAll(tx: Tx, tenantId: string, automationId: string, reason: string): Promise<void> {
    await tx.query(
      `UPDATE automation_runs SET state = 'stopped', due_at = NULL, ended_at = $3, reason = $4
        WHERE tenant_id = $1 AND automation_id = $2 AND state = 'waiting'`,
      [tenantId, automationId, this.clock.now(), reason],
    );
  }

  /** Tenants whose timers have run out. */
  async tenantsWithDue(): Promise<string[]> {
    const rows = await this.db.query<{ tenant_id: string }>('SELECT tenant_id FROM door_tenants_with_due_steps($1)', [
      this.clock.now(),
    ]);
    return rows.map((row) => row.tenant_id);
  }

  /** Runs whose timers have run out, the longest first, held by the caller's transaction. */
  async due(tx: Tx, tenantId: string, limit: number): Promise<AutomationRun[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM automation_runs r WHERE r.tenant_id = $1 AND r.state = 'waiting' AND r.due_at <= $2
        ORDER BY r.due_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
      [tenantId, this.clock.now(), limit],
    );
  }

  /** @param nextStep the step that is looked at then; a run that has ended meanwhile stays as it is */
  async wait(tx: Tx, tenantId: string, runId: string, nextStep: number, until: Date): Promise<void> {
    await tx.query(
      `UPDATE automation_runs SET next_step = $3, due_at = $4 WHERE tenant_id = $1 AND run_id = $2 AND state = 'waiting'`,
      [tenantId, runId, nextStep, until],
    );
  }

  async end(
    tx: Tx,
    tenantId: string,
    runId: string,
    state: Exclude<RunState, 'waiting'>,
    reason: string | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE automation_runs SET state = $3, due_at = NULL, reason = $4, ended_at = $5
        WHERE tenant_id = $1 AND run_id = $2 AND state = 'waiting'`,
      [tenantId, runId, state, reason, this.clock.now()],
    );
  }

  /** Newest first. */
  async list(
    tx: Tx,
    tenantId: string,
    automationId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<AutomationRun[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM automation_runs r
        WHERE r.tenant_id = $1 AND r.automation_id = $2 AND ($3::uuid IS NULL OR r.run_id < $3)
        ORDER BY r.run_id DESC LIMIT $4`,
      [tenantId, automationId, page.before ?? null, page.limit],
    );
  }
}
