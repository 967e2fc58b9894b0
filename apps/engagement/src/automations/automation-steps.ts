import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';

export type StepState = 'sending' | 'sent' | 'refused' | 'skipped';

/** What became of a step of a run. */
export interface StepRecord {
  runId: string;
  step: number;
  state: StepState;
  messageId: string | null;
  body: Record<string, unknown> | null;
  reason: string | null;
  at: Date;
}

/** The one writer of steps: the id of a message is kept here before the gateway is asked, so it goes out once. */
@Injectable()
export class AutomationSteps {
  async add(tx: Tx, tenantId: string, step: StepRecord): Promise<void> {
    await tx.query(
      `INSERT INTO automation_steps (tenant_id, run_id, step, state, message_id, body, reason, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        tenantId,
        step.runId,
        step.step,
        step.state,
        step.messageId,
        step.body && JSON.stringify(step.body),
        step.reason,
        step.at,
      ],
    );
  }

  /** What the gateway said. */
  async settle(
    tx: Tx,
    tenantId: string,
    { runId, step, state, reason }: Pick<StepRecord, 'runId' | 'step' | 'state' | 'reason'>,
  ): Promise<void> {
    await tx.query(
      `UPDATE automation_steps SET state = $4, reason = $5
        WHERE tenant_id = $1 AND run_id = $2 AND step = $3 AND state = 'sending'`,
      [tenantId, runId, step, state, reason],
    );
  }

  /** The gateway has stored nothing of it and says that trying later helps: then it is a new message. */
  async forget(tx: Tx, tenantId: string, runId: string, step: number): Promise<void> {
    await tx.query(
      `DELETE FROM automation_steps WHERE tenant_id = $1 AND run_id = $2 AND step = $3 AND state = 'sending'`,
      [tenantId, runId, step],
    );
  }

  /** Of runs that go. */
  async drop(tx: Tx, tenantId: string, runIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM automation_steps WHERE tenant_id = $1 AND run_id = ANY ($2::uuid[])', [
      tenantId,
      runIds,
    ]);
  }

  async of(tx: Tx, tenantId: string, runIds: readonly string[]): Promise<StepRecord[]> {
    return tx.query(
      `SELECT run_id AS "runId", step, state, message_id AS "messageId", body, reason, at FROM automation_steps
        WHERE tenant_id = $1 AND run_id = ANY ($2::uuid[]) ORDER BY run_id, step`,
      [tenantId, runIds],
    );
  }
}
