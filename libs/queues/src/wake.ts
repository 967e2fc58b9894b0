import { getQueueToken } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Job, JobOptions, Queue } from 'bull';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Bells, channelOf } from './bells.js';
import { type LaneName, type Lanes, laneKey } from './jobs.js';
import { type Turn, TurnInQueue } from './turn.js';

const LATER = ':later';
const RETRY_AFTER_MS = 1_000;
/** In Bull's set of delayed jobs a score is a time in ms, times this; the rest keeps the order within a millisecond. */
const SCORES_OF_A_MS = 0x1000;
/** A lane under load is woken at most so often by one process; its first wake goes at once. */
const BETWEEN_WAKES_MS = 25;

// A Redis that was flushed under a job leaves a stump of it, without data and in no list, and Bull ignores every later job of
// that id. Bull writes a job whole, so what has no data is nothing else.
const CLEAR_STUMP = `
if redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HEXISTS', KEYS[1], 'data') == 0 then redis.call('DEL', KEYS[1]) end`;

/**
 * Wakes lanes. Bull keeps one job per lane (its id is the lane's key), so a lane that already waits is not queued
 * twice. A wake that comes while the lane is being drained is ignored by Bull; the counter beside the job remembers it,
 * and `run` looks at the counter again after the job is gone. Who drains the lane can hear of it at once (`Turn`).
 */
@Injectable()
export class Wake implements OnApplicationShutdown {
  private readonly queues = new Map<LaneName, Queue>();
  /** Wakes on their way to Redis or just there, by lane; true when another was asked for meanwhile. It bounds what piles up. */
  private readonly underway = new Map<string, boolean>();
  private readonly bells = new Bells();

  constructor(
    private readonly modules: ModuleRef,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Says that a lane has work; call it after the work is committed. It never throws, because a sweeper wakes what Redis
   * lost; do not wait for it where someone waits for an answer, because without Redis it stays open until Redis is back.
   */
  async lane<N extends LaneName>(name: N, data: Lanes[N]): Promise<void> {
    const key = laneKey(name, data);
    const lane = `${name} ${key}`;
    if (this.underway.has(lane)) {
      this.underway.set(lane, true);
      return;
    }
    this.underway.set(lane, false);
    await this.wakeOnce(name, key, data);
    setTimeout(() => {
      const again = this.underway.get(lane);
      this.underway.delete(lane);
      if (again) void this.lane(name, data);
    }, BETWEEN_WAKES_MS);
  }

  private async wakeOnce<N extends LaneName>(name: N, key: string, data: Lanes[N]): Promise<void> {
    try {
      const queue = this.queue(name);
      if (isClosing(queue)) return;
      const counter = counterOf(queue, key);
      await Promise.all([
        queue.client.multi().incr(counter).expire(counter, 86_400).publish(channelOf(queue), key).exec(),
        this.put(queue, key, data, {}),
      ]);
    } catch (error) {
      this.logger.warn({ err: error, lane: name }, 'could not wake a lane; the sweeper will');
    }
  }

  /**
   * Wakes the lane after a while. A lane has one timer: of several times the soonest counts, since who drains the lane then
   * says anew when there is more. The timer has an id of its own, so it never stands in the way of a wake now.
   */
  async laneLater<N extends LaneName>(name: N, data: Lanes[N], delayMs: number): Promise<void> {
    try {
      const delay = Math.max(1, Math.round(delayMs));
      await this.put(this.queue(name), laneKey(name, data) + LATER, data, { delay });
    } catch (error) {
      this.logger.warn({ err: error, lane: name }, 'could not set a timer for a lane; the sweeper will wake it');
    }
  }

  /** Queues a job under an id, unless one with this id waits already; one that waits for longer is brought forward. */
  private async put(queue: Queue, jobId: string, data: object, options: JobOptions): Promise<void> {
    const job = queue.toKey(jobId);
    const add = () => queue.add(data, { ...options, jobId, removeOnComplete: true, removeOnFail: true });
    const { delay } = options;
    // One connection, so each comes after the one before.
    const [, done] = await Promise.all([
      queue.client.eval(CLEAR_STUMP, 1, job),
      delay === undefined ? add() : this.bringForward(queue, jobId, Date.now() + delay),
    ]);
    if (!done) await add();
  }

  /** @returns whether a timer was there that would have come later; Bull's workers are told of its new time as Bull does it */
  private async bringForward(queue: Queue, jobId: string, to: number): Promise<boolean> {
    const delayed = queue.toKey('delayed');
    const moved = await queue.client.zadd(delayed, 'XX', 'LT', 'CH', to * SCORES_OF_A_MS, jobId);
    if (Number(moved) === 0) return false;
    await queue.client.publish(delayed, String(to));
    return true;
  }

  /**
   * The body of every processor: drains the lane and makes sure that no wake was missed meanwhile. A drain that throws
   * is logged and tried again after a second; its work stays where it is, in PostgreSQL.
   *
   * @param drain works until the lane is empty or its turn is over; may return how many milliseconds from now it has work
   *   again, 0 for now: it goes on when those had their turn who wait for a place
   */
  async run<N extends LaneName>(
    name: N,
    job: Job<Lanes[N]>,
    drain: (data: Lanes[N], turn: Turn) => Promise<number | undefined>,
  ): Promise<void> {
    const isTimer = String(job.id).endsWith(LATER);
    // What is left of a job when Redis was flushed under it names no lane; `put` clears it away.
    if (laneKey(name, job.data) + (isTimer ? LATER : '') !== job.id) return;
    if (isTimer) return this.lane(name, job.data);
    const key = laneKey(name, job.data);
    const counter = counterOf(job.queue, key);
    const before = await job.queue.client.get(counter);
    const turn = new TurnInQueue(job.queue, key, this.bells);
    let again: number | undefined;
    try {
      again = await drain(job.data, turn);
    } catch (error) {
      this.logger.error({ err: error, lane: name, data: job.data }, 'a lane stumbled; trying again');
      again = RETRY_AFTER_MS;
    } finally {
      turn.end();
    }
    if (again) await this.laneLater(name, job.data, again);
    this.afterRemoval(job, async () => {
      if (again === 0 || (await job.queue.client.get(counter)) !== before) await this.lane(name, job.data);
    });
  }

  onApplicationShutdown(): void {
    this.bells.close();
  }

  /** Bull removes a finished job just after its processor returns; only then can the same id be queued again. */
  private afterRemoval(job: Job, then: () => Promise<void>): void {
    const look = async (triesLeft: number): Promise<void> => {
      if (isClosing(job.queue)) return;
      if (triesLeft > 0 && (await job.queue.getJob(job.id))) lookAgain(triesLeft - 1);
      else await then();
    };
    const lookAgain = (triesLeft: number) =>
      setTimeout(() => {
        look(triesLeft).catch((error) => this.logger.warn({ err: error }, 'could not look for missed wakes'));
      }, 5).unref();
    lookAgain(200);
  }

  private queue(name: LaneName): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.modules.get<Queue>(getQueueToken(name), { strict: false });
      this.queues.set(name, queue);
    }
    return queue;
  }
}

const counterOf = (queue: Queue, key: string): string => `${queue.toKey('wakes')}:${key}`;

/**
 * A process that ends closes its queues once their jobs are done. What is written to such a connection may fail the closing,
 * and with it the orderly end of the process; a lane that is not woken any more is found by the sweeper of another.
 */
const isClosing = (queue: Queue): boolean => (queue as Queue & { closing?: Promise<unknown> }).closing !== undefined;
