import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { Products } from './products.js';
import { type Recommendation, recommend } from './recommend.js';
import { ShopOrders } from './shop-orders.js';

/** What sold before tells little of what is wanted now. */
const LOOK_BACK_MS = 180 * 86_400_000;

/** What may be shown to a customer next; `recommend.ts` is the rule. */
@Injectable()
export class Recommendations {
  constructor(
    private readonly orders: ShopOrders,
    private readonly products: Products,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(
    tx: Tx,
    tenantId: string,
    asked: { catalogueId: string; contactId: string; limit: number },
  ): Promise<Recommendation[]> {
    const since = new Date(this.clock.now().getTime() - LOOK_BACK_MS);
    const bought = await this.orders.boughtBy(tx, tenantId, asked.contactId, since);
    const sales = await this.orders.counts(tx, tenantId, bought, since);
    const ids = sales.map((s) => s.retailerId);
    const showable = await this.products.showable(tx, tenantId, asked.catalogueId, ids);
    const sellable = new Set(showable.filter((p) => p.inStock && p.state === 'listed').map((p) => p.retailerId));
    return recommend(sales, new Set(bought), sellable, asked.limit);
  }
}
