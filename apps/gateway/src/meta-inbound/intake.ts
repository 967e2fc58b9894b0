import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { type Lanes, Wake } from '#libs/queues';
import { ApplyEvent } from './apply-event.js';
import { Effects } from './effects.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import { MetaEvents, type WaitingEvent } from './meta-events.js';

const BATCH = 100;
const HELD_BY_ANOTHER_MS = 1_000;

/** Applies the events of one route in the order in which they came, one transaction each. */
@Injectable()
export class Intake {
  constructor(
    private readonly db: Database,
    private readonly events: MetaEvents,
    private readonly applier: ApplyEvent,
    private readonly leases: Leases,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(INTAKE_POLICY) private readonly policy: IntakePolicy,
  ) {}

  /** @returns in how many milliseconds the route has work again; undefined for not until it is woken */
  async drain({ tenantId, route }: Lanes['gateway.intake']): Promise<number | undefined> {
    const done = await this.leases.hold(tenantId, `intake:${route}`, async (stillMine) => {
      while (stillMine()) {
        const batch = await this.events.due(tenantId, route, this.clock.now(), BATCH);
        if (batch.length === 0) break;
        const all = new Effects();
        for (const event of batch) {
          if (!stillMine()) break;
          const effects = await this.settle(tenantId, event);
          all.tell(effects.endpoints);
          all.rate ||= effects.rate;
          all.inbound ||= effects.inbound;
          for (const phoneNumberId of effects.mediaOf) all.mediaOf.add(phoneNumberId);
        }
        this.wakeFor(tenantId, all);
      }
      const next = await this.events.nextDueAt(tenantId, route);
      return next && Math.max(1, next.getTime() - this.clock.now().getTime());
    });
    return done === 'held-by-another' ? HELD_BY_ANOTHER_MS : done;
  }

  /** Leaves the event done, parked, or new with a later time; the lane goes on in each case. */
  private async settle(tenantId: string, event: WaitingEvent): Promise<Effects> {
    const now = this.clock.now();
    try {
      return await this.db.inTenant(tenantId, async (tx) => {
        const effects = await this.applier.apply(tx, tenantId, event);
        const { waitsFor, note } = effects;
        if (waitsFor === undefined)
          await this.events.end(tx, tenantId, event.eventId, { status: 'done', at: now, note });
        else await this.wait(tx, tenantId, event, waitsFor, now);
        return effects;
      });
    } catch (error) {
      const gap = this.policy.retryGapsMs[event.attempts];
      this.logger.error({ err: error, tenantId, eventId: event.eventId, field: event.field }, 'an event stumbled');
      const note = `attempt ${event.attempts + 1}: ${(error as Error).message}`.slice(0, 500);
      await this.db.inTenant(tenantId, (tx) =>
        gap === undefined
          ? this.events.end(tx, tenantId, event.eventId, { status: 'parked', at: now, note })
          : this.events.postpone(tx, tenantId, event.eventId, {
              dueAt: new Date(now.getTime() + gap),
              note,
              failed: true,
            }),
      );
      return new Effects();
    }
  }

  private wait(
    tx: Parameters<MetaEvents['end']>[0],
    tenantId: string,
    event: WaitingEvent,
    waitsFor: string,
    now: Date,
  ): Promise<void> {
    const note = `waits for ${waitsFor}`;
    return this.applier.isPatienceOver(event, now)
      ? this.events.end(tx, tenantId, event.eventId, { status: 'parked', at: now, note })
      : this.events.postpone(tx, tenantId, event.eventId, {
          dueAt: new Date(now.getTime() + this.policy.waitMs),
          note,
          failed: false,
        });
  }

  private wakeFor(tenantId: string, { endpoints, rate, inbound, mediaOf }: Effects): void {
    for (const endpointId of endpoints) void this.wake.lane('gateway.deliver', { tenantId, endpointId });
    for (const phoneNumberId of mediaOf) void this.wake.lane('gateway.media', { tenantId, phoneNumberId });
    if (rate) void this.wake.lane('billing.rate', { tenantId });
    if (inbound) void this.wake.lane('engagement.inbound', { tenantId });
  }
}
