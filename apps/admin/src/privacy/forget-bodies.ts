import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt } from '#libs/ids';
import { Database } from '#libs/persistence';
import { Retentions } from '#libs/privacy';
import { ageing, BODIES } from './places.js';

const DAY_MS = 86_400_000;
/** So long the others wait at most for one transaction's rows. */
const SLICE_MS = 7 * DAY_MS;

/** What messages said before a tenant's term. */
@Injectable()
export class ForgetBodies {
  constructor(
    private readonly db: Database,
    private readonly retentions: Retentions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Empties the bodies that have become too old since the last time, a week of messages in each transaction. Messages that
   * still wait keep theirs: what was scheduled or parked cannot be sent without.
   */
  async run({
    tenantId,
    bodyDays,
    goneUntil,
  }: {
    tenantId: string;
    bodyDays: number;
    goneUntil: Date | null;
  }): Promise<void> {
    const until = new Date(this.clock.now().getTime() - bodyDays * DAY_MS);
    let from = goneUntil ?? (await this.oldest(tenantId)) ?? until;
    while (from < until) {
      const to = new Date(Math.min(from.getTime() + SLICE_MS, until.getTime()));
      await this.slice(tenantId, from, to);
      from = to;
    }
  }

  private async slice(tenantId: string, from: Date, to: Date): Promise<void> {
    const between = [tenantId, firstIdAt(from), firstIdAt(to)];
    await this.db.inTenant(tenantId, async (tx) => {
      for (const place of BODIES) await tx.query(ageing(place), between);
      await this.retentions.goneUntil(tx, tenantId, to);
    });
  }

  private async oldest(tenantId: string): Promise<Date | undefined> {
    const [row] = await this.db.inTenant(tenantId, (tx) =>
      tx.query('SELECT created_at FROM tenants WHERE tenant_id = $1', [tenantId]),
    );
    return row?.created_at;
  }
}
