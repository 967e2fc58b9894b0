import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Ledger, monthAfter } from '#libs/ledger';
import { Database } from '#libs/persistence';
import type { StaffCaller } from '#libs/staff';
import { nextTimezone, timezoneAt, type Waba, Wabas } from '#libs/wabas';
import { startOfDay } from '../local-days.js';
import { decideAlone } from '../metering/decide-alone.js';
import { zoneClock } from '../rating/local-time.js';
import { StaffAudit } from '../staff/staff-audit.js';

/** What counts for a WABA now, and what will. */
export interface ZonesOfWaba {
  /** IANA name of the zone that counts now. */
  timezone: string;
  /** The one that takes its place; null where none does. */
  next: { timezone: string; from: string } | null;
}

const zonesAt = (waba: Waba, now: Date): ZonesOfWaba => ({
  timezone: timezoneAt(waba, now),
  next: nextTimezone(waba, now) ?? null,
});

/**
 * When another zone can take the place of one by which was charged: when the next month has begun in both, so that the days of
 * months that run or are over stay what they are.
 */
export function nextMonthOf(zones: readonly [held: string, wished: string], now: Date): Date {
  const first = `${monthAfter(zoneClock(zones[0]).dayAt(now.getTime()).month)}-01`;
  return new Date(Math.max(...zones.map((zone) => startOfDay(zoneClock(zone), first))));
}

/** Puts the time zone of a WABA right that Meta told without a name, or that was wrong. */
@Injectable()
export class CorrectZone {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly ledger: Ledger,
    private readonly audit: StaffAudit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Corrects a zone: at once where nothing was charged of the WABA, else from the next month on.
   *
   * @throws Refusal 404 for a WABA that the tenant does not have
   */
  async run(
    staff: StaffCaller,
    of: { tenantId: string; wabaId: string },
    wish: { timezone: string; reason: string },
  ): Promise<ZonesOfWaba> {
    const { tenantId, wabaId } = of;
    return this.db.inTenant(tenantId, async (tx) => {
      // Nothing is charged by the old zone while it is asked whether something was.
      await decideAlone(tx, tenantId);
      const waba = await this.wabas.waba(tx, tenantId, { wabaId });
      if (!waba) throw Refusal.notFound('WABA');
      const now = this.clock.now();
      const before = zonesAt(waba, now);
      const from = (await this.ledger.hasCharged(tx, tenantId, wabaId))
        ? nextMonthOf([before.timezone, wish.timezone], now)
        : undefined;
      const after = zonesAt(await this.wabas.correctTimezone(tx, waba, wish.timezone, from), now);
      const entry = { action: 'waba.correct-timezone', object: `waba:${wabaId}`, tenantId, before, after };
      await this.audit.record(staff, { ...entry, reason: wish.reason }, tx);
      return after;
    });
  }
}
