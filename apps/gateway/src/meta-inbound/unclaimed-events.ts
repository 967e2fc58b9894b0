import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt } from '#libs/ids';
import { Periodic, Wake } from '#libs/queues';
import { type MetaChange, routesOf } from './changes-of.js';
import { parseExact } from './exact-json.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import { MetaEvents } from './meta-events.js';
import { RouteDirectory } from './route-directory.js';

const EVERY_MS = 5_000;
const PARK_EVERY_MS = 3_600_000;
// Each look goes on where the last one ended, so many strangers delay a newcomer by some looks and starve nobody.
const AT_ONCE = 1_000;

/** Looks for the tenants of events that came before their tenant did: Meta may tell of a WABA before its signup is done. */
@Injectable()
export class UnclaimedEvents implements OnApplicationBootstrap {
  private lookedUpTo = '';

  constructor(
    private readonly events: MetaEvents,
    private readonly directory: RouteDirectory,
    private readonly wake: Wake,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(INTAKE_POLICY) private readonly policy: IntakePolicy,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('unclaimed events', EVERY_MS, () => this.look());
    this.periodic.every('events nobody claimed', PARK_EVERY_MS, () => this.park());
  }

  async look(): Promise<void> {
    const now = this.clock.now();
    const unclaimed = await this.events.unclaimed(this.lookedUpTo, AT_ONCE);
    this.lookedUpTo = unclaimed.length < AT_ONCE ? '' : (unclaimed.at(-1)?.route ?? '');
    for (const { route, body } of unclaimed) {
      const owner = await this.directory.find(routesOf(parseExact(body) as MetaChange));
      if (!owner) continue;
      while ((await this.events.handOver(route, owner, now)) > 0);
      void this.wake.lane('gateway.intake', owner);
    }
  }

  /** Ends the search for the tenants of old events, in sight of staff. */
  async park(): Promise<void> {
    const now = this.clock.now();
    await this.events.parkUnclaimed(firstIdAt(new Date(now.getTime() - this.policy.unclaimedMs)), now);
  }
}
