import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { PortfolioPrices, type ToldOfPrices, Wabas } from '#libs/wabas';
import type { EventContext } from './event-context.js';
import { type Fields, fieldsOf, isFields } from './fields.js';

/** Events of `account_update` that are about prices, and the block that each brings (account_update reference, 2025-12-05). */
function toldOf(value: Fields): Pick<ToldOfPrices, 'kind' | 'detail'> | undefined {
  switch (value.event) {
    case 'VOLUME_BASED_PRICING_TIER_UPDATE':
      return isFields(value.volume_tier_info)
        ? { kind: 'volume_tier', detail: fieldsOf(value.volume_tier_info) }
        : undefined;
    case 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE':
      return { kind: 'auth_international', detail: fieldsOf(value.auth_international_rate_eligibility) };
    case 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE':
      return typeof value.country === 'string'
        ? { kind: 'primary_location', detail: { country: value.country } }
        : undefined;
    default:
      return undefined;
  }
}

/** Keeps what Meta tells of a portfolio's prices, for billing. What it means is decided there. */
@Injectable()
export class ApplyPrices {
  constructor(
    private readonly wabas: Wabas,
    private readonly prices: PortfolioPrices,
  ) {}

  /** @param value of a change of field `account_update` */
  async apply(tx: Tx, { tenantId, wabaId, at }: EventContext, value: Fields): Promise<void> {
    const told = toldOf(value);
    const waba = told && wabaId ? await this.wabas.waba(tx, tenantId, { wabaId }) : null;
    if (told && waba) await this.prices.note(tx, tenantId, { ...told, portfolioId: waba.portfolioId, at });
  }
}
