import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { type Retention, Retentions } from '#libs/privacy';
import { CAUGHT_UP_MS } from '#libs/tenant-events';
import { ageing, BODIES, HOURS_THAT_WAIT } from './bodies.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
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
   * still wait keep theirs: what was scheduled or parked cannot be sent without, nor can a merchant's endpoint be posted what it
   * has not taken yet. Their hours are gone through again until all
   * of them have ended.
   */
  async run({ tenantId, bodyDays, goneUntil, late }: Retention): Promise<void> {
    const until = new Date(this.clock.now().getTime() - bodyDays * DAY_MS);
    // Noted before anything is emptied: what ends meanwhile is in an hour that is gone through again.
    const waiting = await this.noteLate(tenantId, until);
    const due = late.filter((hour) => hour.getTime() + HOUR_MS <= until.getTime());
    for (const hour of due) await this.empty(tenantId, hour, new Date(hour.getTime() + HOUR_MS));
    let from = goneUntil ?? (await this.oldest(tenantId)) ?? until;
    while (from < until) {
      const to = new Date(Math.min(from.getTime() + SLICE_MS, until.getTime()));
      await this.empty(tenantId, from, to, to);
      from = to;
    }
    const still = new Set(waiting.map((hour) => hour.getTime()));
    await this.retentions.notLate(
      tenantId,
      due.filter((hour) => !still.has(hour.getTime())),
    );
  }

  private noteLate(tenantId: string, until: Date): Promise<Date[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const rows: { hour: Date }[] = await tx.query(HOURS_THAT_WAIT, [tenantId, until, this.caughtUpFrom()]);
      const hours = rows.map((row) => row.hour);
      await this.retentions.late(tx, tenantId, hours);
      return hours;
    });
  }

  /** @param goneUntil what is kept as done with it */
  private async empty(tenantId: string, from: Date, to: Date, goneUntil?: Date): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      for (const place of BODIES) await tx.query(ageing(place), [tenantId, from, to, this.caughtUpFrom()]);
      if (goneUntil) await this.retentions.goneUntil(tx, tenantId, goneUntil);
    });
  }

  private caughtUpFrom(): Date {
    return new Date(this.clock.now().getTime() - CAUGHT_UP_MS);
  }

  private async oldest(tenantId: string): Promise<Date | undefined> {
    const [row] = await this.db.inTenant(tenantId, (tx) =>
      tx.query('SELECT created_at FROM tenants WHERE tenant_id = $1', [tenantId]),
    );
    return row?.created_at;
  }
}
