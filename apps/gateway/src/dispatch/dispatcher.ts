import { setTimeout as sleep } from 'node:timers/promises';
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
import { ClaimMessages, type Ready } from './claim-messages.js';
import { HOMECOMING_MS, isSoon } from './homecoming.js';
import { type Outcome, outcomeOfAnswer, outcomeOfError } from './outcome.js';
import type { Pace } from './pace.js';
import { PairRate } from './pair-rate.js';
import { placeFor } from './place-for.js';
import { StoreResults } from './store-results.js';
import { Throughput } from './throughput.js';
import { TierPlaces } from './tier-places.js';

type Lane = Lanes['gateway.dispatch'];

/** Messages taken in one statement. */
const BATCH = 200;
/**
 * Nor more than a number may send in so many seconds: a process that is killed between taking messages and calling leaves
 * them in doubt. A number that sends little gains nothing by larger ones.
 */
const BATCH_SECONDS = 0.1;
const SMALLEST_BATCH = 20;
/** Calls of one number that may be under way at once: its rate times a slow answer of half a second. */
const WINDOW = 500;
/** So long an answer of Meta's waits for others to be stored with it: a transaction each would cost more than the calls. */
const LINGER_MS = 5;
/** So long messages gather at a number that has nothing more waiting, while it is at work: claiming each alone costs more. */
const GATHERING: Gathering = { least: 10, most: 50 };
/**
 * Messages are claimed so long before their places are free, while those claimed before go out: a place that waits for a
 * claim is lost. What is claimed and not yet called is in doubt when the process dies, so not for longer.
 */
const AHEAD_MS = 100;
/** A claim is worth its transaction from this part of a batch on, as long as something claimed still waits for its place. */
const WORTH_A_CLAIM = 1 / 3;
/** How long to wait before looking again at a number that cannot send. */
const NOT_LIVE_MS = 15_000;
const HELD_BACK_MS = 1_000;
const LONGEST_LOOK_MS = 60_000;
/** Whoever waits for answers looks again after so long at most: Redis may not have told that something came. */
const LONGEST_NAP_MS = 1_000;
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
    if (!channel || !isLive(channel)) return this.nextLook(lane, NOT_LIVE_MS);
    const pace = await this.throughput.takeOver(channel.number);
    const underWay = new Set<Promise<void>>();
    // Claimed, and not called yet: each waits for its place, in the order of the claims, while more are claimed.
    let unplaced = 0;
    let placing: Promise<void> = Promise.resolve();
    // An end of placing that is past would be news for ever.
    const news = () => (unplaced > 0 ? [...underWay, placing] : [...underWay]);
    const allHome = () => placing.then(() => Promise.allSettled(underWay));
    let staysUntil = 0;
    const results = new Coalescer<CallResult, undefined>((batch) => this.results.store(lane, batch), {
      batch: BATCH,
      inFlight: 1,
      lingerMs: LINGER_MS,
    });
    try {
      while (stillMine() && !this.stopping) {
        if (turn.isOver() && performance.now() >= staysUntil) {
          if (await isSoon(allHome())) return 0;
          // What waits for this number does not wait for the call that hangs.
          staysUntil = performance.now() + HOMECOMING_MS;
          continue;
        }
        channel = await this.channels.byId(lane.tenantId, lane.phoneNumberId);
        if (!channel || !isLive(channel)) return this.nextLook(lane, NOT_LIVE_MS);
        if (pace.pausedUntil > performance.now()) {
          // What Meta answered is stored first: only then is it known when its message is tried again.
          await allHome();
          return this.nextLook(lane, Math.max(1, pace.pausedUntil - performance.now()));
        }
        this.throughput.hear(channel.number, pace);
        if (pace.isTrying && underWay.size + unplaced > 0) {
          await Promise.race(news());
          continue;
        }
        const worth = batchOf(pace) * WORTH_A_CLAIM;
        const room = Math.min(
          pace.isTrying ? 1 : batchOf(pace),
          WINDOW - underWay.size - unplaced,
          pace.second.room(performance.now(), AHEAD_MS) - unplaced,
        );
        if (unplaced > 0 && room < worth) {
          await Promise.race([placing, sleep(5)]);
          continue;
        }
        if (room <= 0) {
          // Where too many calls are under way only their answers help, and not time.
          const isFull = underWay.size >= WINDOW;
          const waitMs = isFull ? LONGEST_NAP_MS : pace.second.waitMs(performance.now()) - AHEAD_MS;
          await Promise.race([...underWay, sleep(Math.min(LONGEST_NAP_MS, Math.max(1, waitMs)))]);
          continue;
        }
        const lookedAt = performance.now();
        const woken = turn.woken();
        const share = Math.min(room, pace.broadcast.room(lookedAt, AHEAD_MS) - unplaced);
        const forBroadcasts = unplaced > 0 && share < worth ? 0 : share;
        // What comes home during the look may have held back what the look did not find.
        const wasAtWork = underWay.size + unplaced > 0;
        const ready = await this.take(channel, room, forBroadcasts);
        if (ready === 'again') continue;
        const tookMs = performance.now() - lookedAt;
        if (ready.length === 0) {
          if (forBroadcasts <= 0) {
            // Only the broadcast has work, and it must leave room: look for something more urgent when it comes, and now and then.
            const waitMs =
              unplaced > 0
                ? ((worth - share) / pace.broadcast.perSecond) * 1_000
                : pace.broadcast.waitMs(performance.now()) - AHEAD_MS;
            const news = unplaced > 0 ? [placing, woken] : [...underWay, woken];
            await Promise.all([
              Promise.race([...news, sleep(Math.min(50, Math.max(1, waitMs)))]),
              gather(tookMs, GATHERING),
            ]);
            continue;
          }
          if (!wasAtWork) return this.nextLook(lane);
          if (underWay.size + unplaced > 0) {
            await Promise.all([Promise.race([...news(), woken, sleep(LONGEST_NAP_MS)]), gather(tookMs, GATHERING)]);
          }
          continue;
        }
        const from = channel;
        unplaced += ready.length;
        placing = placing.then(async () => {
          for (const [i, one] of ready.entries()) {
            await placeFor(one, pace);
            if (!stillMine() || pace.pausedUntil > performance.now()) {
              // The number is another's now, or rests: what was not called yet is to be claimed anew.
              unplaced -= ready.length - i;
              return this.giveBack(lane, ready.slice(i), this.clock.now()).catch((error) =>
                this.logger.error({ err: error, ...lane }, 'could not give back messages that were not called'),
              );
            }
            unplaced--;
            pace.start(one.message);
            const done = this.call(from, pace, one)
              .then(({ result }) => results.add(result))
              .catch((error) => this.logger.error({ err: error, ...lane }, 'could not store what became of messages'))
              .finally(() => underWay.delete(done));
            underWay.add(done);
          }
        });
        if (ready.length < (forBroadcasts > 0 ? forBroadcasts : room)) await gather(tookMs, GATHERING);
      }
      return 1_000;
    } finally {
      await allHome();
      if (channel) await this.throughput.handOver(channel.number);
    }
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

  /**
   * The next messages, claimed and ready to be called. 'again': places were lost meanwhile, nothing was claimed.
   *
   * @param forBroadcasts how much of the room broadcasts may use
   */
  private async take(channel: Channel, room: number, forBroadcasts: number): Promise<Ready[] | 'again'> {
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

const batchOf = ({ second }: Pace): number =>
  Math.min(BATCH, Math.max(SMALLEST_BATCH, Math.floor(second.perSecond * BATCH_SECONDS)));
