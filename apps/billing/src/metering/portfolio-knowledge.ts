import { marketNamed } from '#libs/markets';
import type { ToldOfPrices } from '#libs/wabas';
import { NOTHING_KNOWN, type PortfolioFacts } from '../rating/auth-international.js';
import type { VolumeCategory } from '../rating/verdict.js';
import type { MonthCounters } from './month-counters.js';

/** A count that Meta says was reached. */
interface Floor {
  readonly portfolioId: string;
  readonly at: number;
  readonly month: string;
  readonly market: string;
  readonly category: VolumeCategory;
  readonly count: number;
}

/** What Meta told of portfolios, asked for an instant. What cannot be read is left out: it then changes no price. */
export class PortfolioKnowledge {
  private readonly floors: Floor[] = [];
  private readonly facts = new Map<string, { at: number; facts: PortfolioFacts }[]>();

  /** @param told oldest first */
  constructor(told: readonly ToldOfPrices[]) {
    for (const one of told) {
      if (one.kind === 'volume_tier') {
        const floor = floorOf(one);
        if (floor) this.floors.push(floor);
      } else this.learn(one);
    }
  }

  /** Location and international rates of a portfolio at an instant (ms); what is told holds from its own time on. */
  factsAt(portfolioId: string, at: number): PortfolioFacts {
    return this.facts.get(portfolioId)?.findLast((known) => known.at <= at)?.facts ?? NOTHING_KNOWN;
  }

  /** Lifts the counts of a portfolio's month to what Meta had announced by an instant; a count is never lowered. */
  lift(counters: MonthCounters, portfolioId: string, month: string, at: number): void {
    for (const floor of this.floors) {
      if (floor.portfolioId !== portfolioId || floor.month !== month || floor.at > at) continue;
      counters.liftVolume(month, portfolioId, floor.market, floor.category, floor.count);
    }
  }

  private learn({ portfolioId, kind, at, detail }: ToldOfPrices): void {
    const history = this.facts.get(portfolioId) ?? [];
    const before = history.at(-1)?.facts ?? NOTHING_KNOWN;
    const facts: PortfolioFacts =
      kind === 'primary_location'
        ? { ...before, country: String(detail.country), countryVerified: true }
        : {
            ...before,
            authInternational: { startsAt: instantOf(detail.start_time), exceptions: exceptionsOf(detail) },
          };
    history.push({ at: at.getTime(), facts });
    this.facts.set(portfolioId, history);
  }
}

/** The tier "lower:upper" is reached with message number `lower`: one less were sent (Meta, "Pricing", volume tiers). */
function floorOf({ portfolioId, at, detail }: ToldOfPrices): Floor | undefined {
  const lower = /^(\d+):/.exec(String(detail.tier))?.[1];
  const market = marketNamed(String(detail.region));
  const category = String(detail.pricing_category).toLowerCase().replaceAll('-', '_');
  const counted = category === 'authentication_international' ? 'authentication' : category;
  const month = String(detail.effective_month);
  if (!lower || !market || !/^\d{4}-\d{2}$/.test(month)) return undefined;
  if (counted !== 'utility' && counted !== 'authentication') return undefined;
  const since = instantOf(detail.tier_update_time) ?? at.getTime();
  return { portfolioId, at: since, month, market, category: counted, count: Math.max(0, Number(lower) - 1) };
}

function exceptionsOf(detail: ToldOfPrices['detail']): ReadonlyMap<string, number> {
  const listed = Array.isArray(detail.exception_countries) ? detail.exception_countries : [];
  return new Map(
    listed.flatMap((row: { country_code?: unknown; start_time?: unknown }): [string, number][] => {
      const at = instantOf(row?.start_time);
      return typeof row?.country_code === 'string' && at !== undefined ? [[row.country_code, at]] : [];
    }),
  );
}

/** Meta's time: Unix seconds, as number or text, or ISO 8601; ms since 1970. */
function instantOf(value: unknown): number | undefined {
  const text = String(value ?? '');
  const at = /^\d{9,11}$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}
