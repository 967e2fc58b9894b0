import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { Intake } from './intake.js';
import { MetaEvents } from './meta-events.js';

const SWEEP_MS = 5_000;

/** Unwraps the wake of a route, and wakes the routes that Redis forgot. */
@Injectable()
@Processor('gateway.intake')
export class IntakeProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly intake: Intake,
    private readonly events: MetaEvents,
    private readonly wake: Wake,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: 8 })
  process(job: Job<Lanes['gateway.intake']>): Promise<void> {
    return this.wake.run('gateway.intake', job, (lane, turn) => this.intake.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('gateway.intake', SWEEP_MS, () => this.events.routesWithWork(this.clock.now()));
  }
}
