import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import { GraphClient } from '#libs/meta-cloud';
import { timezoneAt, type Waba, Wabas } from '#libs/wabas';
import { startOfDay } from '../local-days.js';
import { zoneClock } from '../rating/local-time.js';
import { type AnalyticsKind, analyticsParts, cellOf, type DataPoint, FIELDS } from './analytics.js';
import type { UsageCell } from './compare-usage.js';

type Answer = Partial<Record<AnalyticsKind, { data?: { data_points?: DataPoint[] }[] }>>;

/** Asks Meta what a WABA used, day by day in its own zone: messages, and conversations of the time when those were charged. */
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
    // By which those days were charged; a correction counts from the first of a month on.
    const zone = zoneClock(timezoneAt(waba, new Date(`${days.from}T12:00:00Z`)));
    const cells: UsageCell[] = [];
    for (const { kind, from, before } of analyticsParts(days)) {
      const [start, end] = [from, before].map((day) => Math.floor(startOfDay(zone, day) / 1_000));
      const fields = `${kind}.start(${start}).end(${end}).granularity(DAILY)${FIELDS[kind]}`;
      const answer = await this.ask(waba, token, fields);
      const points = answer[kind]?.data?.flatMap((d) => d.data_points ?? []) ?? [];
      cells.push(...points.map((point) => cellOf(point, zone.dayAt(point.start * 1_000).day)));
    }
    return cells;
  }

  private ask(waba: Waba, token: string, fields: string): Promise<Answer> {
    return this.graph.call<Answer>({ path: `/${waba.metaWabaId}`, query: { fields }, token }).catch((error) => {
      if (error instanceof TransportRefusal || error instanceof TransportUnreachable) {
        throw new Refusal(502, 'meta_refused', `Meta did not tell its figures: ${error.message}`, { cause: error });
      }
      throw error;
    });
  }
}
