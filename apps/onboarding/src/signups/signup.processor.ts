import { Process, Processor } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import type { Job } from 'bull';
import { type Lanes, Wake } from '#libs/queues';
import { RunSignup } from './run-signup.js';

/** A signup is mostly waiting for Graph, so many can be under way in one worker. */
const AT_ONCE = 20;

@Injectable()
@Processor('onboarding.signup')
export class SignupProcessor {
  constructor(
    private readonly wake: Wake,
    private readonly signup: RunSignup,
  ) {}

  @Process({ concurrency: AT_ONCE })
  process(job: Job<Lanes['onboarding.signup']>): Promise<void> {
    return this.wake.run('onboarding.signup', job, ({ tenantId, signupId }) => this.signup.run(tenantId, signupId));
  }
}
