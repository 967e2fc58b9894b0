import { isISO4217CurrencyCode } from 'class-validator';
import { MARKETS } from '#libs/markets';
import { compare, isZero, parseDecimal, ZERO } from '#libs/money';
import { isDay } from '../local-days.js';
import { NO_TERMS, type PlanTerms, PRICED_CATEGORIES } from './terms.js';

const isCategory = (text: unknown): text is string => PRICED_CATEGORIES.some((c) => c === text);

const SIZE_OF_MONEY = /^-?\d{1,12}(\.\d{1,12})?$/;

/** Reads fields of JSON and gathers what is wrong with them, by path. */
class Reader {
  readonly problems: Record<string, string[]> = {};

  wrong(path: string, problem: string): void {
    const told = this.problems[path] ?? [];
    told.push(`${path} ${problem}`);
    this.problems[path] = told;
  }
  fields(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
    if (value === undefined) return {};
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.wrong(path, 'must be an object');
      return {};
    }
    for (const name of Object.keys(value)) if (!known.includes(name)) this.wrong(`${path}.${name}`, 'is not known');
    return value as Record<string, unknown>;
  }
  list<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): T[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, i) => read(item, `${path}[${i}]`));
    this.wrong(path, 'must be a list');
    return [];
  }
  /** A decimal string of 0 or more; @param most the largest one that makes sense */
  amount(value: unknown, path: string, fallback?: string, most?: string): string {
    if (value === undefined && fallback !== undefined) return fallback;
    try {
      const decimal = parseDecimal(value);
      if (compare(decimal, ZERO) < 0) this.wrong(path, 'must not be negative');
      // A price of a thousand digits would be exact, and more than a column holds: every message under it would wait.
      if (!SIZE_OF_MONEY.test(value as string))
        this.wrong(path, 'must have at most 12 digits on either side of the point');
      if (most !== undefined && compare(decimal, parseDecimal(most)) > 0) this.wrong(path, `must be at most ${most}`);
      return value as string;
    } catch {
      this.wrong(path, 'must be a decimal string such as "0.05"');
      return '0';
    }
  }
  count(value: unknown, path: string, fallback: number | undefined, most: number): number {
    if (value === undefined && fallback !== undefined) return fallback;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
    this.wrong(path, `must be a whole number from 0 to ${most}`);
    return 0;
  }
  currency(value: unknown, path: string): string {
    if (typeof value === 'string' && /^[A-Z]{3}$/.test(value) && isISO4217CurrencyCode(value)) return value;
    this.wrong(path, 'must be an ISO 4217 code such as "USD"');
    return 'XXX';
  }
  day(value: unknown, path: string): string {
    if (typeof value === 'string' && isDay(value)) return value;
    this.wrong(path, 'must be a day of the calendar, YYYY-MM-DD');
    return '0001-01-01';
  }
  category(value: unknown, path: string): string {
    if (isCategory(value)) return value;
    this.wrong(path, `must be one of ${PRICED_CATEGORIES.join(', ')}`);
    return 'marketing';
  }
  categories(value: unknown, path: string): string[] {
    return this.list(value, path, (item, at) => this.category(item, at));
  }
}

/**
 * Terms of a plan as staff write them (JSON, snake_case; what is left out is 0 or empty).
 *
 * @returns the terms, or the problems by path
 */
export function readTerms(given: unknown): { terms: PlanTerms } | { problems: Record<string, string[]> } {
  const read = new Reader();
  const f = read.fields(given, 'terms', [
    'currency',
    'markup_pct',
    'markup_pct_by_category',
    'prices',
    'fee_per_message',
    'fx',
    'fx_margin_pct',
    'monthly_fee',
    'included',
    'minimum_per_month',
    'trial_days',
    'discounts',
  ]);
  const byCategory = read.fields(f.markup_pct_by_category, 'markup_pct_by_category', PRICED_CATEGORIES);
  const perMessage = read.fields(f.fee_per_message, 'fee_per_message', ['outbound', 'inbound']);
  const perMonth = read.fields(f.monthly_fee, 'monthly_fee', ['tenant', 'number']);
  const terms: PlanTerms = {
    currency: f.currency === undefined || f.currency === null ? null : read.currency(f.currency, 'currency'),
    markupPct: read.amount(f.markup_pct, 'markup_pct', '0'),
    markupPctByCategory: Object.fromEntries(
      Object.entries(byCategory).map(([name, pct]) => [name, read.amount(pct, `markup_pct_by_category.${name}`)]),
    ),
    prices: read.list(f.prices, 'prices', (item, path) => {
      const row = read.fields(item, path, ['category', 'market', 'price']);
      const market = row.market ?? null;
      if (market !== null && !MARKETS.has(market as string))
        read.wrong(`${path}.market`, 'is no market of a rate card');
      return {
        category: read.category(row.category, `${path}.category`),
        market: market as string | null,
        price: read.amount(row.price, `${path}.price`),
      };
    }),
    feePerMessage: {
      outbound: read.amount(perMessage.outbound, 'fee_per_message.outbound', '0'),
      inbound: read.amount(perMessage.inbound, 'fee_per_message.inbound', '0'),
    },
    fx: read.list(f.fx, 'fx', (item, path) => {
      const row = read.fields(item, path, ['from', 'rate']);
      const rate = read.amount(row.rate, `${path}.rate`);
      if (isZero(parseDecimal(rate))) read.wrong(`${path}.rate`, 'must be more than 0');
      return { from: read.currency(row.from, `${path}.from`), rate };
    }),
    fxMarginPct: read.amount(f.fx_margin_pct, 'fx_margin_pct', '0'),
    monthlyFee: {
      tenant: read.amount(perMonth.tenant, 'monthly_fee.tenant', '0'),
      number: read.amount(perMonth.number, 'monthly_fee.number', '0'),
    },
    included: read.list(f.included, 'included', (item, path) => {
      const row = read.fields(item, path, ['name', 'categories', 'count']);
      const named = typeof row.name === 'string' && /^[a-z0-9_]{1,40}$/.test(row.name);
      if (!named) read.wrong(`${path}.name`, 'must be 1 to 40 small letters, digits or underscores');
      return {
        name: String(row.name),
        categories: read.categories(row.categories, `${path}.categories`),
        count: read.count(row.count, `${path}.count`, undefined, 1_000_000_000),
      };
    }),
    minimumPerMonth: read.amount(f.minimum_per_month, 'minimum_per_month', '0'),
    trialDays: read.count(f.trial_days, 'trial_days', 0, 3_660),
    discounts: read.list(f.discounts, 'discounts', (item, path) => {
      const row = read.fields(item, path, ['from', 'before', 'pct', 'categories']);
      const [from, before] = [read.day(row.from, `${path}.from`), read.day(row.before, `${path}.before`)];
      if (before <= from) read.wrong(`${path}.before`, 'must be after from');
      const pct = read.amount(row.pct, `${path}.pct`, undefined, '100');
      return { from, before, pct, categories: read.categories(row.categories, `${path}.categories`) };
    }),
  };
  if (new Set(terms.included.map((i) => i.name)).size < terms.included.length) {
    read.wrong('included', 'must not name a volume twice');
  }
  if (terms.currency === null && needsCurrency(terms)) read.wrong('currency', 'is needed where amounts are given');
  return Object.keys(read.problems).length > 0 ? { problems: read.problems } : { terms };
}

/** Amounts of money mean nothing without a currency; percentages do. */
function needsCurrency(terms: PlanTerms): boolean {
  const { feePerMessage, monthlyFee, minimumPerMonth, prices, fx } = terms;
  const amounts = [
    feePerMessage.outbound,
    feePerMessage.inbound,
    monthlyFee.tenant,
    monthlyFee.number,
    minimumPerMonth,
  ];
  return prices.length > 0 || fx.length > 0 || amounts.some((amount) => !isZero(parseDecimal(amount)));
}

/** Terms as they lie in the database: those that `readTerms` let through, with what came later left at nothing. */
export const storedTerms = (stored: Partial<PlanTerms>): PlanTerms => ({ ...NO_TERMS, ...stored });
