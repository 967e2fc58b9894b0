import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { Wallets } from '#libs/wallet';
import { EstimateHolds } from './estimate-holds.js';

const GIVE_BACK_MS = 2_000;
const ESTIMATES_MS = 30_000;

/** Gives back what is held for messages that ended, and says what to hold for those to come. */
@Injectable()
export class KeepWallets implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly wallets: Wallets,
    private readonly estimates: EstimateHolds,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('give back what wallets hold', GIVE_BACK_MS, () => this.giveBack());
    this.periodic.every('estimate what wallets hold', ESTIMATES_MS, () => this.estimateAll());
  }

  async giveBack(): Promise<void> {
    await this.ofEach(await this.wallets.tenants('with ended holds'), async (tenantId) => {
      while ((await this.db.inTenant(tenantId, (tx) => this.wallets.giveBack(tx, tenantId))) > 0);
    });
  }

  async estimateAll(): Promise<void> {
    await this.ofEach(await this.wallets.tenants('all'), (tenantId) =>
      this.db.inTenant(tenantId, async (tx) => {
        await this.wallets.endOldHolds(tx, tenantId);
        await this.estimates.write(tx, tenantId);
      }),
    );
  }

  /** One tenant's trouble keeps no other from what is its own. */
  private async ofEach(tenantIds: readonly string[], keep: (tenantId: string) => Promise<void>): Promise<void> {
    for (const tenantId of tenantIds) {
      try {
        await keep(tenantId);
      } catch (error) {
        this.logger.error({ err: error, tenantId }, 'the wallet of a tenant cannot be kept');
      }
    }
  }
}
