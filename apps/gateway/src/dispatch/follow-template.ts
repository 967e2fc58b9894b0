import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { graphError } from '#libs/error-catalogue';
import { EXPIRED, failedStatus, type MessageRow, type OfTemplate, OutboxHeld } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { fateOfWaiting, type TemplateState, whyNotSendable } from '#libs/template-state';
import { Templates } from '#libs/templates';
import type { TenantEvent } from '#libs/tenant-events';
import { Channels } from '../channels/channels.js';
import { type Tell, Telling } from './telling.js';

/** Messages moved in one transaction. */
const AT_ONCE = 500;

/** What one transaction moved, and which numbers have work by it. */
interface Moved {
  count: number;
  numbers: readonly string[];
}

/**
 * Lets the messages that wait for a template follow its state: held while it is paused or in review, on their way again
 * when Meta sends it, failed when it will not. What is held expires when its time to live is over.
 */
@Injectable()
export class FollowTemplate {
  constructor(
    private readonly db: Database,
    private readonly held: OutboxHeld,
    private readonly templates: Templates,
    private readonly channels: Channels,
    private readonly telling: Telling,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All templates of a WABA that messages wait for; may be done any number of times. */
  async ofWaba(tenantId: string, wabaId: string): Promise<void> {
    const waitedFor = await this.db.inTenant(tenantId, (tx) => this.held.templatesWaitedFor(tx, tenantId, wabaId));
    for (const templateId of waitedFor) while ((await this.step({ tenantId, templateId })) === AT_ONCE);
  }

  private async step(of: OfTemplate): Promise<number> {
    const { tenantId, templateId } = of;
    const { count, numbers } = await this.telling.inTenant(tenantId, async (tx, tell) => {
      const standing = (await this.templates.standings(tx, tenantId, [templateId])).get(templateId);
      return this.move(tx, of, standing?.status ?? 'deleted', tell);
    });
    for (const phoneNumberId of new Set(numbers)) {
      void this.wake.lane('gateway.dispatch', { tenantId, phoneNumberId });
    }
    return count;
  }

  private async move(tx: Tx, of: OfTemplate, state: TemplateState, tell: Tell): Promise<Moved> {
    const now = this.clock.now();
    const fate = fateOfWaiting(state);
    if (fate.fate === 'send') {
      const numbers = await this.held.release(tx, of, now, AT_ONCE);
      return { count: numbers.length, numbers };
    }
    if (fate.fate === 'hold') {
      const count = await this.held.hold(tx, of, fate.why, now, AT_ONCE);
      const expired = await this.held.end(tx, of, now, AT_ONCE);
      await tell(await this.statusesOf(tx, expired, EXPIRED, now));
      return { count: Math.max(count, expired.length), numbers: [] };
    }
    const details = `The template is ${state} now, so the message that waited for it cannot be sent.`;
    const { error } = graphError(whyNotSendable(state) ?? 'template_unknown', details, of.templateId);
    const failed = await this.held.end(tx, of, now, AT_ONCE, error);
    await tell(await this.statusesOf(tx, failed, error, now));
    return { count: failed.length, numbers: [] };
  }

  private async statusesOf(tx: Tx, ended: readonly MessageRow[], error: object, now: Date): Promise<TenantEvent[]> {
    const told = [];
    for (const message of ended) {
      const channel = await this.channels.byIdWithin(tx, message.tenantId, message.phoneNumberId);
      if (channel) told.push(failedStatus(channel, message, message.status === 'expired' ? EXPIRED : error, now));
    }
    return told;
  }
}
