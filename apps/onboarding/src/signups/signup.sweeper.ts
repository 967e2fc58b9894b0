import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Periodic, Wake } from '#libs/queues';

const EVERY_MS = 5_000;

/** Wakes signups that have work and that Redis forgot, or whose worker died between two steps. */
@Injectable()
export class SignupSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly periodic: Periodic,
    private readonly db: Database,
    private readonly wake: Wake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('onboarding.resume', EVERY_MS, async () => {
      const due = await this.db.query<{ tenant_id: string; signup_id: string }>(
        'SELECT tenant_id, signup_id FROM door_signups_to_resume($1)',
        [this.clock.now()],
      );
      for (const { tenant_id: tenantId, signup_id: signupId } of due) {
        await this.wake.lane('onboarding.signup', { tenantId, signupId });
      }
    });
  }
}
