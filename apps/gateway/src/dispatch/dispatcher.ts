import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { type CallResult, OutboxLanes } from '#libs/outbox';
import { Coalescer, Database, type Tx } from '#libs/persistence';
import { type Gathering, gather, type Lanes, type Turn } from '#libs/queues';
import { TierReservation } from '#libs/tier-reservation';
import { type Channel, Channels, isLive } from '../channels/channels.js';
import { Transports } from '../channels/transports.js';
import { SendMedia } from '../media/send-media.js';
import { Admission } from './admission.js';
import { Calls } from './calls.js';
import { ClaimMessages, type Ready } from './claim-messages.js';
import { HOMECOMING_MS, isSoon } from './homecoming.js';
import { type Outcome, outcomeOfAnswer, outcomeOfError } from './outcome.js';
import type { Pace } from './pace.js';
import { PairRate } from './pair-rate.js';
import { BATCH, LONGEST_NAP_MS, napOfBroadcast, type Room, roomToClaim } from './room-to-claim.js';
import { StoreResults } from './store-results.js';
import { Throughput } from './throughput.js';
import { TierPlaces } from './tier-places.js';

type Lane = Lanes['gateway.dispatch'];

/** So long an answer of Meta's waits for others to be stored with it: a transaction each would cost more than the calls. */
const LINGER_MS = 5;
/** So long messages gather at a number that has nothing more waiting, while it is at work: claiming each alone costs more. */
const GATHERING: Gathering = { times: 1, least: 10, most: 50 };
/** How long to wait before looking again at a number that cannot send. */
const NOT_LIVE_MS = 15_000;
const HELD_BACK_MS = 1_000;
const LONGEST_LOOK_MS = 60_000;

/**
 * Sends what waits for a number, under the number's lease: the next messages are claimed, called, and what became of them
 * is stored, with many calls under way at a time, and one to each recipient.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private stopping = false;
  private readonly draining = new Set<Promise<unknown>>();

  constructor(
    private readonly db: Database,
    private readonly leases: Leases,
    private readonly channels: Channels,
    private readonly lanes: OutboxLanes,
    private readonly tier: TierReservation,
    private readonly places: TierPlaces,
    private readonly admission: Admission,
    private readonly pairs: PairRate,
    private readonly throughput: Throughput,
    private readonly messages: ClaimMessages,
    private readonly results: StoreResults,
    private readonly transports: Transports,
    private readonly media: SendMedia,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns in how many ms the number has work again, if it is known to have some; 0: it gave its place to others */
  async drain(lane: Lane, turn: Turn): Promise<number | undefined> {
    if (this.stopping) return 1_000;
    const draining = this.leases.hold(
      lane.tenantId,
      `dispatch:${lane.phoneNumberId}`,
      (stillMine) => this.send(lane, stillMine, turn),
      (tx) => this.abandon(tx, lane),
    );
    this.draining.add(draining);
    try {
      const held = await draining;
      return held === 'held-by-another' ? 1_000 : held;
    } finally {
      this.draining.delete(draining);
    }
  }

  /** Claims nothing more and lets the calls under way come home, so that a deployment leaves no message in doubt. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.draining);
  }

  private async abandon(tx: Tx, lane: Lane): Promise<void> {
    const messages = await this.lanes.abandon(tx, lane.tenantId, lane.phoneNumberId, this.clock.now());
    if (messages > 0) this.logger.warn({ ...lane, messages }, 'a dispatcher left messages in doubt');
  }

  private async send(lane: Lane, stillMine: () => boolean, turn: Turn): Promise<number | undefined> {
    let channel = await this.channels.byId(lane.tenantId, lane.phoneNumberId);
    if (!channel || !isLive(channel)) return this.waitToBeLive(lane, channel);
    const pace = await this.throughput.takeOver(channel.number);
    const calls = this.callsOf(lane, pace, stillMine);
    let staysUntil = 0;
    try {
      while (stillMine() && !this.stopping) {
        if (turn.isOver() && performance.now() >= staysUntil) {
          if (await isSoon(calls.home())) return 0;
          // What waits for this number does not wait for the call that hangs.
          staysUntil = performance.now() + HOMECOMING_MS;
          continue;
        }
        channel = await this.channels.byId(lane.tenantId, lane.phoneNumberId);
        if (!channel || !isLive(channel)) return this.waitToBeLive(lane, channel);
        if (pace.pausedUntil > performance.now()) {
          // What Meta answered is stored first: only then is it known when its message is tried again.
          await calls.home();
          return this.nextLook(lane, Math.max(1, pace.pausedUntil - performance.now()));
        }
        this.throughput.hear(channel.number, pace);
        const claim = roomToClaim(pace, calls, performance.now());
        if ('until' in claim) {
          await calls.nap(claim);
          continue;
        }
        const lookedAt = performance.now();
        const woken = turn.woken();
        // What comes home during the look may have held back what the look did not find.
        const wasAtWork = calls.isAtWork;
        const ready = await this.take(channel, claim);
        if (ready === 'again') continue;
        const tookMs = performance.now() - lookedAt;
        const most = claim.forBroadcasts || claim.room;
        if (ready.length > 0) {
          calls.add(ready, channel);
          if (ready.length < most) await gather(tookMs, GATHERING);
        } else if (claim.forBroadcasts === 0) {
          const nap = napOfBroadcast(pace, calls, performance.now());
          await Promise.all([calls.nap(nap, woken), gather(tookMs, GATHERING)]);
        } else if (!wasAtWork) {
          return this.nextLook(lane);
        } else if (calls.isAtWork) {
          const nap = { until: 'called or answered', ms: LONGEST_NAP_MS } as const;
          await Promise.all([calls.nap(nap, woken), gather(tookMs, GATHERING)]);
        }
      }
      return 1_000;
    } finally {
      await calls.home();
      if (channel) await this.throughput.handOver(channel.number);
    }
  }

  /** Nothing in hand yet. What Meta answers is stored together with what it answers at the same moment. */
  private callsOf(lane: Lane, pace: Pace, stillMine: () => boolean): Calls {
    const results = new Coalescer<CallResult, undefined>((batch) => this.results.store(lane, batch), {
      batch: BATCH,
      inFlight: 1,
      lingerMs: LINGER_MS,
    });
    const failed = (what: string) => (error: unknown) => this.logger.error({ err: error, ...lane }, what);
    return new Calls(pace, {
      stillMine,
      call: (ready, from) =>
        this.call(from, pace, ready)
          .then(({ result }) => results.add(result))
          .catch(failed('could not store what became of messages')),
      giveBack: (ready) =>
        this.giveBack(lane, ready, this.clock.now()).catch(failed('could not give back messages that were not called')),
    });
  }

  /** A number that cannot send lets what has run out fail all the same. @returns as `nextLook` */
  private async waitToBeLive(lane: Lane, channel: Channel | undefined): Promise<number | undefined> {
    if (channel && (await this.messages.letRunOut(channel))) return HELD_BACK_MS;
    return this.nextLook(lane, NOT_LIVE_MS);
  }

  /**
   * In how many ms to look again; undefined when nothing waits.
   *
   * @param atLeastMs nothing can be sent before; absent where all that can be sent was
   */
  private async nextLook(lane: Lane, atLeastMs?: number): Promise<number | undefined> {
    const now = this.clock.now();
    const { dueNow, nextAt } = await this.inTenant(lane, (tx) =>
      this.lanes.outlook(tx, lane.tenantId, lane.phoneNumberId, now),
    );
    if (!dueNow && !nextAt) return undefined;
    const inMs = nextAt ? nextAt.getTime() - now.getTime() : Number.POSITIVE_INFINITY;
    // What is due but was not claimed waits for its recipient's pair rate, behind a message that is tried again, or its row was locked for a moment.
    const soonest = dueNow ? Math.min(inMs, atLeastMs ?? HELD_BACK_MS) : inMs;
    // The clock may be moved (sandbox), so a long wait is looked at again at times.
    return Math.min(LONGEST_LOOK_MS, Math.max(atLeastMs ?? 1, soonest));
  }

  /** The next messages, claimed and ready to be called. 'again': places were lost meanwhile, nothing was claimed. */
  private async take(channel: Channel, { room, forBroadcasts }: Room): Promise<Ready[] | 'again'> {
    const lane: Lane = { tenantId: channel.number.tenantId, phoneNumberId: channel.number.phoneNumberId };
    const scope = this.tier.scopeOf(channel, this.clock.now());
    const [limit, lanesAfter] = forBroadcasts > 0 ? [forBroadcasts, 2 as const] : [room, 1 as const];
    const isFree = channel.restrictions.length === 0 && !this.pairs.wasNeeded(lane.phoneNumberId);
    if (scope.cap === Number.POSITIVE_INFINITY && isFree) {
      const ready = await this.messages.next(channel, limit, lanesAfter);
      return this.withinPairRate(lane, ready);
    }
    const { allowed, refused, reservation } = await this.admission.next(channel, scope, limit, lanesAfter);
    const ready = allowed.length > 0 ? await this.messages.next(channel, limit, lanesAfter, allowed) : [];
    if (reservation && ready.length > 0 && !(await this.tier.holds(scope, reservation).catch(() => false))) {
      // Redis lost the count between reserving and claiming, or is away: nothing was sent yet, so give back and count anew.
      await this.giveBack(lane, ready, this.clock.now());
      return 'again';
    }
    const claimed = ready.map((r) => r.message);
    if (reservation) await this.places.remember(scope, reservation, claimed);
    return allowed.length === 0 && refused ? 'again' : ready;
  }

  /** Gives back what was claimed for recipients who had too much lately; from then on they are asked for before. */
  private async withinPairRate(lane: Lane, ready: Ready[]): Promise<Ready[]> {
    const now = this.clock.now();
    const calls = ready.filter((r) => 'body' in r);
    const may = await this.pairs.take(
      lane.phoneNumberId,
      calls.map((r) => r.message.recipient),
      now,
    );
    if (!may.includes(false)) return ready;
    const tooMany = new Set<Ready>(calls.filter((_, i) => !may[i]));
    const { nextInMs = HELD_BACK_MS } = this.pairs.blocked(lane.phoneNumberId, now);
    await this.giveBack(lane, [...tooMany], new Date(now.getTime() + nextInMs));
    return ready.filter((r) => !tooMany.has(r));
  }

  private async giveBack(lane: Lane, ready: readonly Ready[], notBefore: Date): Promise<void> {
    await this.results.store(
      lane,
      ready.map(({ message }) => ({
        messageId: message.messageId,
        attempt: message.attempts,
        became: 'accepted' as const,
        notBefore,
      })),
    );
  }

  private async call(channel: Channel, pace: Pace, ready: Ready): Promise<Outcome> {
    const { message } = ready;
    if ('instead' in ready) {
      pace.cancel(message);
      return { result: ready.instead };
    }
    const startedAt = performance.now();
    const outcome = await this.outcomeOf(channel, ready);
    pace.end(message, startedAt, performance.now());
    pace.hear(outcome, performance.now());
    return outcome;
  }

  private async outcomeOf(channel: Channel, { message, body }: Ready & { body: string }): Promise<Outcome> {
    try {
      const transport = this.transports.of(channel);
      return outcomeOfAnswer(message, await this.media.sending(channel, body, (sent) => transport.send(sent)));
    } catch (error) {
      return outcomeOfError(message, error, this.clock.now());
    }
  }

  private inTenant<T>(lane: Lane, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.inTenant(lane.tenantId, work, 'kept');
  }
}
