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
const AT_ONCE = 1_000;

/** Looks for the tenants of events that came before their tenant did: Meta may tell of a WABA before its signup is done. */
@Injectable()
export class UnclaimedEvents implements OnApplicationBootstrap {
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
  }

  async look(): Promise<void> {
    const now = this.clock.now();
    for (const { route, body } of await this.events.unclaimed(AT_ONCE)) {
      const owner = await this.directory.find(routesOf(parseExact(body) as MetaChange));
      if (!owner) continue;
      while ((await this.events.handOver(route, owner, now)) > 0);
      void this.wake.lane('gateway.intake', owner);
    }
    await this.events.parkUnclaimed(firstIdAt(new Date(now.getTime() - this.policy.unclaimedMs)), now);
  }
}
