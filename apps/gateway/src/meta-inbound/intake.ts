import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { type Gathering, type Lanes, type Turn, Wake } from '#libs/queues';
import { ApplyEvents } from './apply-events.js';
import type { Effects } from './effects.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import { type EventEnd, MetaEvents, type WaitingEvent } from './meta-events.js';
import { type SettledPlace, SettledPlaces } from './settled-places.js';

type Lane = Lanes['gateway.intake'];

const HELD_BY_ANOTHER_MS = 1_000;
/** So long events gather at a route that had no more of them, while it is at work. */
const GATHERING: Gathering = { times: 4, least: 0, most: 250 };

/** What is left to do once events are committed. */
interface Wakes {
  endpoints: Set<string>;
  mediaOf: Set<string>;
  templatesOf: Set<string>;
  settled: SettledPlace[];
  rate: boolean;
  inbound: boolean;
}

/**
 * Applies the events of one route in the order in which they came, one transaction for each batch. A batch that throws is
 * halved until the event that cannot be applied is alone: only that one stumbles, and the order is kept.
 *
 * Why batches: a status applied alone takes about ten round trips and a commit. See docs/performance.md for what
 * a batch saves.
 */
@Injectable()
export class Intake {
  constructor(
    private readonly db: Database,
    private readonly events: MetaEvents,
    private readonly applier: ApplyEvents,
    private readonly leases: Leases,
    private readonly wake: Wake,
    private readonly places: SettledPlaces,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(INTAKE_POLICY) private readonly policy: IntakePolicy,
  ) {}

  /** @returns in how many milliseconds the route has work again; undefined for not until it is woken */
  async drain(lane: Lane, turn: Turn): Promise<number | undefined> {
    const { tenantId, route } = lane;
    const done = await this.leases.hold(tenantId, `intake:${route}`, async (stillMine) => {
      while (stillMine()) {
        if (turn.isOver()) return 0;
        const lookedAt = performance.now();
        const batch = await this.events.due(tenantId, route, this.clock.now(), this.policy.batch);
        if (batch.length === 0) break;
        this.wakeFor(tenantId, await this.settle(lane, batch, stillMine));
        if (batch.length < this.policy.batch) await turn.rest(performance.now() - lookedAt, GATHERING);
      }
      const next = await this.events.nextDueAt(tenantId, route);
      return next && Math.max(1, next.getTime() - this.clock.now().getTime());
    });
    return done === 'held-by-another' ? HELD_BY_ANOTHER_MS : done;
  }

  /** Leaves each event done, parked, or new with a later time; the lane goes on in each case. */
  private async settle(lane: Lane, batch: readonly WaitingEvent[], stillMine: () => boolean): Promise<Wakes[]> {
    const [event] = batch;
    if (!event || !stillMine()) return [];
    try {
      return [await this.together(lane, batch)];
    } catch (error) {
      if (batch.length === 1) {
        await this.stumble(lane.tenantId, event, error as Error);
        return [];
      }
      const half = Math.ceil(batch.length / 2);
      const first = await this.settle(lane, batch.slice(0, half), stillMine);
      return [...first, ...(await this.settle(lane, batch.slice(half), stillMine))];
    }
  }

  private together(lane: Lane, batch: readonly WaitingEvent[]): Promise<Wakes> {
    const { tenantId } = lane;
    const now = this.clock.now();
    const work = async (tx: Tx): Promise<Wakes> => {
      const { effects, endpointIds } = await this.applier.apply(tx, lane, batch);
      await this.events.settle(
        tx,
        tenantId,
        batch.map((event, i) => this.endOf(event, effects[i] as Effects, now)),
      );
      return {
        endpoints: new Set(endpointIds),
        mediaOf: new Set(effects.flatMap((e) => [...e.mediaOf])),
        templatesOf: new Set(effects.flatMap((e) => [...e.templatesOf])),
        settled: effects.flatMap((e) => e.settled),
        rate: effects.some((e) => e.rate),
        inbound: effects.some((e) => e.inbound),
      };
    };
    return this.db.inTenant(tenantId, work, 'kept');
  }

  private endOf(event: WaitingEvent, { waitsFor, note }: Effects, now: Date): EventEnd {
    const { eventId } = event;
    if (waitsFor === undefined) return { eventId, status: 'done', at: now, note };
    if (this.applier.isPatienceOver(event, now))
      return { eventId, status: 'parked', at: now, note: `waits for ${waitsFor}` };
    const dueAt = new Date(now.getTime() + this.policy.waitMs);
    return { eventId, status: 'new', dueAt, note: `waits for ${waitsFor}`, failed: false };
  }

  /** An event that cannot be applied is tried again a few times, then parked in sight of people. */
  private async stumble(tenantId: string, event: WaitingEvent, error: Error): Promise<void> {
    const now = this.clock.now();
    const { eventId, attempts, field } = event;
    this.logger.error({ err: error, tenantId, eventId, field }, 'an event stumbled');
    const gap = this.policy.retryGapsMs[attempts];
    const note = `attempt ${attempts + 1}: ${error.message}`.slice(0, 500);
    const end: EventEnd =
      gap === undefined
        ? { eventId, status: 'parked', at: now, note }
        : { eventId, status: 'new', dueAt: new Date(now.getTime() + gap), note, failed: true };
    await this.db.inTenant(tenantId, (tx) => this.events.settle(tx, tenantId, [end]));
  }

  private wakeFor(tenantId: string, wakes: readonly Wakes[]): void {
    const all = <T>(pick: (w: Wakes) => Set<T>): Set<T> => new Set(wakes.flatMap((w) => [...pick(w)]));
    for (const endpointId of all((w) => w.endpoints)) void this.wake.lane('gateway.deliver', { tenantId, endpointId });
    for (const phoneNumberId of all((w) => w.mediaOf))
      void this.wake.lane('gateway.media', { tenantId, phoneNumberId });
    for (const wabaId of all((w) => w.templatesOf)) void this.wake.lane('gateway.templates', { tenantId, wabaId });
    this.places.note(
      tenantId,
      wakes.flatMap((w) => w.settled),
    );
    if (wakes.some((w) => w.rate)) void this.wake.lane('billing.rate', { tenantId });
    if (wakes.some((w) => w.inbound)) void this.wake.lane('engagement.inbound', { tenantId });
  }
}
