import { Process, Processor } from '@nestjs/bull';
import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { OutboxLanes } from '#libs/outbox';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { Dispatcher } from './dispatcher.js';

/** Numbers that one worker drains at once; each holds few connections to PostgreSQL, and only for moments. */
const NUMBERS_AT_ONCE = 64;
const SWEEP_MS = 5_000;

/** Unwraps the jobs that say "this number has work", and says so itself where Redis forgot. */
@Processor('gateway.dispatch')
export class DispatchProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly lanes: OutboxLanes,
    private readonly wake: Wake,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: NUMBERS_AT_ONCE })
  process(job: Job<Lanes['gateway.dispatch']>): Promise<void> {
    return this.wake.run('gateway.dispatch', job, (lane, turn) => this.dispatcher.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('gateway.dispatch', SWEEP_MS, () => this.lanes.numbersWithWork(this.clock.now()));
  }
}
