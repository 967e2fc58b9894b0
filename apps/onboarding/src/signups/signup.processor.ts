import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { RunSignup } from './run-signup.js';

/** A signup is mostly waiting for Graph, so many can be under way in one worker. */
const AT_ONCE = 20;
const SWEEP_MS = 5_000;

@Injectable()
@Processor('onboarding.signup')
export class SignupProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly signup: RunSignup,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: AT_ONCE })
  process(job: Job<Lanes['onboarding.signup']>): Promise<void> {
    return this.wake.run('onboarding.signup', job, ({ tenantId, signupId }) => this.signup.run(tenantId, signupId));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('onboarding.signup', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId", signup_id AS "signupId" FROM door_signups_to_resume($1)', [
        this.clock.now(),
      ]),
    );
  }
}
