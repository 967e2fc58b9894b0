import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import type { ShopEvent } from '../shop-events/shop-event.js';
import { ShopEvents } from '../shop-events/shop-events.js';
import { AutomationRuns } from './automation-runs.js';
import { Automations, type StoredAutomation } from './automations.js';
import { conditionsHold } from './condition-holds.js';
import { onTrigger } from './plan-run.js';

/** What an event of a shop begins and ends. */
@Injectable()
export class FollowEvent {
  constructor(
    private readonly automations: Automations,
    private readonly runs: AutomationRuns,
    private readonly events: ShopEvents,
  ) {}

  /** In the transaction that stores the event, so each event is followed once. */
  async follow(tx: Tx, tenantId: string, event: ShopEvent): Promise<void> {
    await this.runs.oneByOne(tx, tenantId, event.contactId);
    await this.runs.meetGoals(tx, tenantId, event);
    for (const automation of await this.automations.triggeredBy(tx, tenantId, event.kind)) {
      if (!conditionsHold(automation.definition.conditions, event.data)) continue;
      if (await this.isMetAlready(tx, tenantId, automation, event)) continue;
      const { automationId } = automation;
      const last = await this.runs.last(tx, tenantId, { automationId, ...event });
      const verdict = onTrigger(last, automation.definition, event.at);
      if (verdict === 'start') await this.runs.start(tx, tenantId, automation, event);
      if (verdict === 'refresh' && last) await this.runs.refresh(tx, tenantId, last.runId, automation, event);
    }
  }

  /** The shop told that the goal is met before it told of what it is the goal of. */
  private async isMetAlready(
    tx: Tx,
    tenantId: string,
    { definition: { goal } }: StoredAutomation,
    { contactId, at, subject }: ShopEvent,
  ): Promise<boolean> {
    if (goal.kinds.length === 0) return false;
    const about = goal.scope === 'subject' ? subject : undefined;
    return this.events.happenedSince(tx, tenantId, contactId, { kinds: goal.kinds, since: at, about });
  }
}
