import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { Periodic, Wake } from '#libs/queues';

const EVERY_MS = 5_000;

/** Wakes tenants whose customers wrote although nobody was told: Redis was lost, or the waking process died. */
@Injectable()
export class InboundSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly wake: Wake,
    private readonly periodic: Periodic,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('wake tenants whose customers wrote', EVERY_MS, () => this.sweep());
  }

  async sweep(): Promise<void> {
    const waiting = await this.db.query<{ tenant_id: string }>('SELECT tenant_id FROM door_tenants_with_unseen()');
    for (const { tenant_id: tenantId } of waiting) await this.wake.lane('engagement.inbound', { tenantId });
  }
}
