import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Contacts } from '#libs/contacts';
import { newId } from '#libs/ids';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { addressOf } from '../contacts/address-of.js';
import { inTurns } from '../in-turns.js';
import { type AutomationRun, AutomationRuns } from './automation-runs.js';
import { AutomationSteps, type StepRecord } from './automation-steps.js';
import { Automations, type StoredAutomation } from './automations.js';
import { buildBody } from './build-body.js';
import { conditionsHold } from './condition-holds.js';
import { CustomerNight } from './customer-night.js';
import { MissingValueError } from './fill-in.js';
import { dueAt, planRun } from './plan-run.js';
import { SendSteps, type StepToSend } from './send-steps.js';

const LOOK_EVERY_MS = 1_000;
const BATCH = 100;
/** When a step is looked at again whose answer we have not got: whoever asked was killed, or the gateway was away. */
const ASK_AGAIN_MS = 60_000;

/**
 * Takes the steps whose time has come. The timers are rows; whoever is killed leaves a step with its message's id, and the
 * next one sends the same message again, which goes out once.
 */
@Injectable()
export class RunAutomations implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly automations: Automations,
    private readonly runs: AutomationRuns,
    private readonly steps: AutomationSteps,
    private readonly contacts: Contacts,
    private readonly night: CustomerNight,
    private readonly sender: SendSteps,
    private readonly leases: Leases,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('automations', LOOK_EVERY_MS, () =>
      inTurns(
        () => this.runs.tenantsWithDue(),
        (tenantId) => this.turn(tenantId),
        (err, tenantId) => this.logger.error({ err, tenantId }, 'automations stumbled'),
      ),
    );
  }

  /** Takes what is due next of a tenant, unless another process is at it. @returns whether more is due */
  async turn(tenantId: string): Promise<boolean> {
    return (await this.leases.hold(tenantId, 'automations', () => this.takeBatch(tenantId))) === BATCH;
  }

  /** @returns how many runs were due, up to BATCH */
  private async takeBatch(tenantId: string): Promise<number> {
    const { due, toSend } = await this.db.inTenant(tenantId, (tx) => this.claim(tx, tenantId));
    await this.sender.send(tenantId, toSend);
    return due;
  }

  /** Decides what is due, and keeps the ids of the messages before anybody is asked to send them. */
  private async claim(tx: Tx, tenantId: string): Promise<{ due: number; toSend: StepToSend[] }> {
    const due = await this.runs.due(tx, tenantId, BATCH);
    const records = await this.steps.of(
      tx,
      tenantId,
      due.map((run) => run.runId),
    );
    const known = new Map<string, StoredAutomation>();
    const toSend: StepToSend[] = [];
    for (const run of due) {
      const key = `${run.automationId} ${run.version}`;
      const automation = known.get(key) ?? (await this.automations.ofRun(tx, tenantId, run));
      known.set(key, automation);
      const pending = records.find((r) => r.runId === run.runId && r.step === run.nextStep && r.state === 'sending');
      const record = pending ?? (await this.next(tx, tenantId, run, automation));
      if (!record) continue;
      await this.runs.wait(tx, tenantId, run.runId, run.nextStep, new Date(this.clock.now().getTime() + ASK_AGAIN_MS));
      toSend.push({ run, automation, record });
    }
    return { due: due.length, toSend };
  }

  /** @returns the step that is to be sent now, kept; undefined when the run waits, goes on or ends */
  private async next(
    tx: Tx,
    tenantId: string,
    run: AutomationRun,
    automation: StoredAutomation,
  ): Promise<StepRecord | undefined> {
    const { definition } = automation;
    const now = this.clock.now();
    const contact = await this.contacts.find(tx, tenantId, run.contactId);
    if (!contact) return this.end(tx, tenantId, run, 'stopped', 'contact_gone');
    if (definition.stopOnReply && contact.lastSeenAt && contact.lastSeenAt > run.triggeredAt) {
      return this.end(tx, tenantId, run, 'replied', null);
    }
    const quietUntil = await this.night.endsAt(tx, tenantId, automation, contact, now);
    const move = planRun(definition.steps, { triggeredAt: run.triggeredAt, next: run.nextStep }, now, quietUntil);
    if (move.do === 'end') return this.end(tx, tenantId, run, 'done', null);
    if (move.do === 'wait') {
      await this.runs.wait(tx, tenantId, run.runId, run.nextStep, move.until);
      return undefined;
    }
    const record = { runId: run.runId, step: run.nextStep, messageId: null, body: null, reason: null, at: now };
    const skip = async (reason: string) => {
      await this.steps.add(tx, tenantId, { ...record, state: 'skipped', reason });
      const next = run.nextStep + 1;
      await this.runs.wait(tx, tenantId, run.runId, next, dueAt(definition.steps, run.triggeredAt, next));
      return undefined;
    };
    if (move.do === 'skip') return skip(move.why);
    const data = { ...run.data, subject: run.subject, customer_name: contact.name ?? contact.profileName ?? '' };
    if (!conditionsHold(move.step.onlyIf, data)) return skip('condition');
    const address = addressOf(contact.identifiers);
    if (!address) return skip('no_address');
    try {
      const body = { ...address, ...buildBody(move.step.send, data) };
      const kept: StepRecord = { ...record, state: 'sending', messageId: newId(now), body };
      await this.steps.add(tx, tenantId, kept);
      return kept;
    } catch (error) {
      if (error instanceof MissingValueError) return skip(`missing:${error.field}`);
      throw error;
    }
  }

  private async end(
    tx: Tx,
    tenantId: string,
    { runId }: AutomationRun,
    state: 'done' | 'replied' | 'stopped',
    reason: string | null,
  ): Promise<undefined> {
    await this.runs.end(tx, tenantId, runId, state, reason);
    return undefined;
  }
}
