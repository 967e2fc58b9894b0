import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { GatewayClient, type SendRefusal } from '#libs/gateway-client';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { ServiceRefused, ServiceUnreachable } from '#libs/service-calls';
import { Wabas } from '#libs/wabas';
import { type AutomationRun, AutomationRuns } from './automation-runs.js';
import { AutomationSteps, type StepRecord } from './automation-steps.js';
import type { StoredAutomation } from './automations.js';
import { dueAt } from './plan-run.js';

/** A step whose message has its id. */
export interface StepToSend {
  run: AutomationRun;
  automation: StoredAutomation;
  record: StepRecord;
}

type Verdict = Pick<SendRefusal, 'reason' | 'retry' | 'retry_after'> | 'accepted';

const SECOND_MS = 1_000;
const LEAST_WAIT_S = 60;
/** Where a refusal names no time: long enough for a top-up or a template's review to be over at the next look. */
const USUAL_WAIT_S = 900;
/** The gateway did not answer for so long that it takes the id no more; it has stored nothing under it. */
const TOO_OLD = 'stale_id';

/** Hands steps to the gateway and keeps what it says; the gateway alone decides whether a message may go. */
@Injectable()
export class SendSteps {
  constructor(
    private readonly db: Database,
    private readonly gateway: GatewayClient,
    private readonly wabas: Wabas,
    private readonly runs: AutomationRuns,
    private readonly steps: AutomationSteps,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Steps of which it is not known whether they went are left as they are, to be sent again as they are. */
  async send(tenantId: string, steps: readonly StepToSend[]): Promise<void> {
    if (steps.length === 0) return;
    const numbers = await this.db.inTenant(tenantId, (tx) => this.wabas.phoneNumbers(tx, tenantId));
    for (const { phoneNumberId, metaPhoneNumberId } of numbers) {
      const own = steps.filter((s) => s.automation.phoneNumberId === phoneNumberId);
      if (own.length === 0) continue;
      const verdicts = await this.ask(tenantId, metaPhoneNumberId, own);
      if (!verdicts) continue;
      await this.db.inTenant(tenantId, async (tx) => {
        for (const [i, step] of own.entries()) await this.settle(tx, tenantId, step, verdicts[i] as Verdict);
      });
    }
  }

  private async ask(tenantId: string, number: string, steps: readonly StepToSend[]): Promise<Verdict[] | undefined> {
    const messages = steps.map(({ run, record }) => ({
      id: record.messageId as string,
      body: record.body as Record<string, unknown>,
      origin: { kind: 'automation' as const, id: run.automationId },
    }));
    try {
      const outcomes = await this.gateway.send(tenantId, number, messages);
      return outcomes.map((outcome) => ('refusal' in outcome ? outcome.refusal : 'accepted'));
    } catch (error) {
      if (error instanceof ServiceRefused) {
        const { code: reason, retryAfterSeconds: wait } = error;
        return steps.map(() => ({ reason, retry: 'later', ...(wait === undefined ? {} : { retry_after: wait }) }));
      }
      if (!(error instanceof ServiceUnreachable)) throw error;
      this.logger.warn({ err: error, tenantId }, 'steps of automations had no answer; they are sent again');
      return undefined;
    }
  }

  private async settle(tx: Tx, tenantId: string, { run, automation, record }: StepToSend, verdict: Verdict) {
    const { runId, step } = record;
    if (verdict !== 'accepted' && (verdict.retry !== 'never' || verdict.reason === TOO_OLD)) {
      const seconds = Math.max(LEAST_WAIT_S, verdict.retry_after ?? (verdict.reason === TOO_OLD ? 0 : USUAL_WAIT_S));
      await this.steps.forget(tx, tenantId, runId, step);
      await this.runs.wait(tx, tenantId, runId, step, new Date(this.clock.now().getTime() + seconds * SECOND_MS));
      return;
    }
    const accepted = verdict === 'accepted';
    const reason = accepted ? null : verdict.reason;
    await this.steps.settle(tx, tenantId, { runId, step, state: accepted ? 'sent' : 'refused', reason });
    const { steps } = automation.definition;
    if (step + 1 < steps.length) {
      await this.runs.wait(tx, tenantId, runId, step + 1, dueAt(steps, run.triggeredAt, step + 1));
    } else await this.runs.end(tx, tenantId, runId, 'done', null);
  }
}
