import { Injectable } from '@nestjs/common';
import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** What Meta alone knows of the prices of a portfolio, as it told it. */
export interface ToldOfPrices {
  readonly portfolioId: string;
  readonly kind: 'volume_tier' | 'auth_international' | 'primary_location';
  /** Meta's time of the webhook. */
  readonly at: Date;
  /** The block of the webhook (account_update): `volume_tier_info`, `auth_international_rate_eligibility`, or `{country}`. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The one writer of what Meta told of prices: volume tiers reached, authentication-international, where the business is. */
@Injectable()
export class PortfolioPrices {
  /** Keeps it; told twice, it is kept once. */
  async note(tx: Tx, tenantId: string, told: ToldOfPrices): Promise<void> {
    const detail = JSON.stringify(told.detail);
    await tx.query(
      `INSERT INTO portfolio_prices (tenant_id, told_id, portfolio_id, kind, at, detail) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [tenantId, derivedId(told.at, told.portfolioId, told.kind, detail), told.portfolioId, told.kind, told.at, detail],
    );
  }

  /** Everything that was told of a tenant's portfolios, oldest first. */
  async told(tx: Tx, tenantId: string): Promise<ToldOfPrices[]> {
    return tx.query(
      `SELECT portfolio_id AS "portfolioId", kind, at, detail FROM portfolio_prices WHERE tenant_id = $1 ORDER BY at, told_id`,
      [tenantId],
    );
  }
}
