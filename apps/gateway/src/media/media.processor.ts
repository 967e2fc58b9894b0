import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { InboundMedia } from '#libs/media-store';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { CopyInbound } from './copy-inbound.js';

/** Numbers whose files one worker copies at once: files are large, and messages go first. */
const NUMBERS_AT_ONCE = 4;
const SWEEP_MS = 15_000;

/** Unwraps the jobs that say "this number has media to copy", and says so itself where Redis forgot. */
@Injectable()
@Processor('gateway.media')
export class MediaProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly copier: CopyInbound,
    private readonly inbound: InboundMedia,
    private readonly wake: Wake,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: NUMBERS_AT_ONCE })
  process(job: Job<Lanes['gateway.media']>): Promise<void> {
    return this.wake.run('gateway.media', job, (lane, turn) => this.copier.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('gateway.media', SWEEP_MS, () => this.inbound.numbersWithWork(this.clock.now()));
  }
}
