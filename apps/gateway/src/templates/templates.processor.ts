import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { TemplateSyncs } from '#libs/templates';
import { FollowTemplate } from '../dispatch/follow-template.js';
import { SyncTemplates } from './sync-templates.js';

/** WABAs that one worker looks after at once: lists are long, and messages go first. */
const WABAS_AT_ONCE = 4;
const SWEEP_MS = 10_000;
/** WABAs to be compared that one look wakes; the others come with the next. */
const AT_MOST = 200;

/** Unwraps the jobs that say "templates of this WABA have work", and says so itself where Redis forgot. */
@Injectable()
@Processor('gateway.templates')
export class TemplatesProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly follow: FollowTemplate,
    private readonly sync: SyncTemplates,
    private readonly syncs: TemplateSyncs,
    private readonly wake: Wake,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: WABAS_AT_ONCE })
  process(job: Job<Lanes['gateway.templates']>): Promise<void> {
    return this.wake.run('gateway.templates', job, async (lane) => {
      await this.drain(lane);
      return undefined;
    });
  }

  /** What waits follows what is known; what the comparison finds is followed again. */
  async drain(lane: Lanes['gateway.templates']): Promise<void> {
    await this.follow.ofWaba(lane.tenantId, lane.wabaId);
    await this.sync.ifDue(lane);
    await this.follow.ofWaba(lane.tenantId, lane.wabaId);
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('gateway.templates', SWEEP_MS, () => this.syncs.wabasWithWork(this.clock.now(), AT_MOST));
  }
}
