import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { marketOfCountry } from '#libs/markets';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import { GraphClient } from '#libs/meta-cloud';
import { type Waba, Wabas } from '#libs/wabas';
import { startOfDay } from '../local-days.js';
import { meaningOf } from '../rating/categories.js';
import { zoneClock } from '../rating/local-time.js';
import type { UsageCell } from './compare-usage.js';

/** One row of `pricing_analytics` (Meta, "Analytics", December 2025). */
interface DataPoint {
  start: number;
  phone_number?: string;
  country?: string;
  pricing_type?: string;
  pricing_category?: string;
  volume?: number;
  cost?: number | string;
}

/** Asks Meta for `pricing_analytics` of a WABA, day by day in its own zone. */
@Injectable()
export class PullAnalytics {
  constructor(
    private readonly graph: GraphClient,
    private readonly wabas: Wabas,
  ) {}

  /**
   * @param days local days of the WABA, both included
   * @throws Refusal when we have no access, or Meta does not answer
   */
  async pull(waba: Waba, days: { from: string; to: string }): Promise<UsageCell[]> {
    const token = this.wabas.tokenOf(waba);
    if (!token) throw Refusal.conflict('We have no access to this WABA at Meta.');
    const zone = zoneClock(waba.timezone);
    const end = new Date(Date.parse(`${days.to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, days.to.length);
    const [start, before] = [days.from, end].map((day) => Math.floor(startOfDay(zone, day) / 1_000));
    const fields =
      `pricing_analytics.start(${start}).end(${before}).granularity(DAILY).metric_types(["COST","VOLUME"])` +
      '.dimensions(["PRICING_CATEGORY","PRICING_TYPE","COUNTRY","PHONE"])';
    const answer = await this.graph
      .call<{ pricing_analytics?: { data?: { data_points?: DataPoint[] }[] } }>({
        path: `/${waba.metaWabaId}`,
        query: { fields },
        token,
      })
      .catch((error) => {
        if (error instanceof TransportRefusal || error instanceof TransportUnreachable) {
          throw new Refusal(502, 'meta_refused', `Meta did not tell its figures: ${error.message}`, { cause: error });
        }
        throw error;
      });
    const points = answer.pricing_analytics?.data?.flatMap((d) => d.data_points ?? []) ?? [];
    return points.map((point): UsageCell => {
      const { day } = zone.dayAt(point.start * 1_000);
      const category = String(point.pricing_category).toLowerCase();
      return {
        day,
        number: (point.phone_number ?? '').replace(/\D/g, ''),
        market: point.country ? marketOfCountry(point.country, day) : '',
        category: meaningOf(category)?.row ?? category,
        charged: String(point.pricing_type).toUpperCase() === 'REGULAR',
        volume: point.volume ?? 0,
        // A JSON number is a float already; as text it is what Meta printed. Meta says these costs are approximate.
        cost: point.cost === undefined ? null : String(point.cost),
      };
    });
  }
}
