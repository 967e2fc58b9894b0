import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { type Estimated, type Estimates, estimateOf } from './estimate.js';

export type { Estimates } from './estimate.js';

/** How long a process goes by what it read of a tenant's estimates; a wallet that is new is noticed after this long. */
const REMEMBER_MS = 5_000;
const AT_MOST = 10_000;

interface Known {
  readonly until: number;
  readonly byWaba: Promise<ReadonlyMap<string, Estimates>>;
}

/** How much to hold for a message, for those who accept messages. Asks the database once in a while and tenant. */
@Injectable()
export class Holds {
  private readonly known = new Map<string, Known>();

  constructor(private readonly db: Database) {}

  /**
   * @returns the amount to hold in the currency of the tenant's wallet, a decimal string; undefined when the tenant has no
   *   wallet or nothing is to be held
   */
  async amountFor(tenantId: string, wabaId: string, message: Estimated): Promise<string | undefined> {
    const now = performance.now();
    let known = this.known.get(tenantId);
    if (!known || known.until <= now) {
      if (this.known.size >= AT_MOST) this.known.clear();
      known = { until: now + REMEMBER_MS, byWaba: this.read(tenantId) };
      known.byWaba.catch(() => this.known.delete(tenantId));
      this.known.set(tenantId, known);
    }
    const estimates = (await known.byWaba).get(wabaId);
    return estimates && estimateOf(estimates, message);
  }

  private async read(tenantId: string): Promise<ReadonlyMap<string, Estimates>> {
    return this.db.inTenant(tenantId, async (tx) => {
      const rows: { wabaId: string; prices: Estimates }[] = await tx.query(
        `SELECT e.waba_id AS "wabaId", e.prices FROM wallet_estimates e JOIN wallets w ON w.tenant_id = e.tenant_id
          WHERE e.tenant_id = $1`,
        [tenantId],
      );
      return new Map(rows.map((row) => [row.wabaId, row.prices]));
    });
  }
}
