import type { Tx } from '#libs/persistence';
import { type EarlierTimezone, nextTimezone, type Portfolio, timezoneAt } from '#libs/wabas';

export interface NumberRow {
  id: string;
  meta_phone_number_id: string;
  waba_id: string;
  portfolio_id: string;
  display_phone_number: string;
  verified_name: string;
  /** The next four as Meta names them. */
  status: string;
  quality_rating: string;
  throughput_level: string;
  coexistence: boolean;
  /** The On-Premises client that carries the number, or carried it (`moved`); null where there never was one. */
  on_premises: {
    state: 'active' | 'moving' | 'moved';
    url: string;
    health: string;
    checked_at: string | null;
    last_error: string | null;
    last_error_at: string | null;
  } | null;
  updated_at: Date;
}

export interface WabaRow {
  id: string;
  meta_waba_id: string;
  portfolio_id: string;
  name: string;
  currency: string;
  /** By which it is charged now. */
  timezone: string;
  /** False where Meta told an id without a name and UTC stands in: staff put it right (billing). */
  timezone_known: boolean;
  /** That id. */
  meta_timezone_id: string | null;
  /** The zone that staff have set from a later month on. */
  next_timezone: { timezone: string; from: string } | null;
}

export interface PortfolioRow {
  id: string;
  meta_business_id: string;
  messaging_limit: string;
  limit_seen_at: Date;
}

/** The tenant's phone numbers, oldest first; no PIN and no password is read. */
export const numbersOf = (tx: Tx, tenantId: string): Promise<NumberRow[]> =>
  tx.query(
    `SELECT n.phone_number_id AS id, n.meta_phone_number_id, n.waba_id, w.portfolio_id, n.display_phone_number,
            n.verified_name, n.status, n.quality_rating, n.throughput_level, n.coexistence, n.updated_at,
            (SELECT jsonb_build_object('state', c.state, 'url', c.url, 'health', c.health, 'checked_at', c.checked_at,
                                       'last_error', c.last_error, 'last_error_at', c.last_error_at)
               FROM on_premises_clients c
              WHERE c.tenant_id = n.tenant_id AND c.phone_number_id = n.phone_number_id) AS on_premises
       FROM phone_numbers n JOIN wabas w USING (tenant_id, waba_id)
      WHERE n.tenant_id = $1 ORDER BY n.phone_number_id`,
    [tenantId],
  );

/** The tenant's WhatsApp Business accounts, oldest first; no token is read. */
export async function wabasOf(tx: Tx, tenantId: string, now: Date): Promise<WabaRow[]> {
  const rows: (Omit<WabaRow, 'next_timezone'> & { earlier: EarlierTimezone[] })[] = await tx.query(
    `SELECT waba_id AS id, meta_waba_id, portfolio_id, name, currency, timezone, earlier_timezones AS earlier,
            unnamed_timezone IS NULL OR timezone_corrected AS timezone_known, unnamed_timezone AS meta_timezone_id
       FROM wabas WHERE tenant_id = $1 ORDER BY waba_id`,
    [tenantId],
  );
  return rows.map(({ earlier, ...row }) => {
    const zones = { timezone: row.timezone, earlierTimezones: earlier };
    return { ...row, timezone: timezoneAt(zones, now), next_timezone: nextTimezone(zones, now) ?? null };
  });
}

export const portfolioRow = (portfolio: Portfolio): PortfolioRow => ({
  id: portfolio.portfolioId,
  meta_business_id: portfolio.metaBusinessId,
  messaging_limit: portfolio.messagingLimit,
  limit_seen_at: portfolio.limitSeenAt,
});
