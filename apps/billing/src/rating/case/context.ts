import { MARKETS } from '#libs/markets';
import { type Decimal, ZERO } from '#libs/money';
import { CARD_CATEGORIES } from '../../rate-card/rate-card.js';
import type { PortfolioFacts } from '../auth-international.js';
import { type ZoneClock, zoneClock } from '../local-time.js';
import type { VolumeCategory, WabaTerms } from '../verdict.js';
import { asMonth, Fields } from './fields.js';

/** `context` of a case: the tenant's situation before the first event. */
export interface Context {
  readonly wabas: readonly Waba[];
  readonly wabaOfNumber: ReadonlyMap<string, Waba>;
  readonly wabaById: ReadonlyMap<string, Waba>;
  readonly portfolios: ReadonlyMap<string, PortfolioFacts>;
  /** Template name to category before the first event. */
  readonly templates: ReadonlyMap<string, string>;
  readonly counters: Counters;
  readonly plan: TenantPlan | undefined;
}

export interface Waba extends WabaTerms {
  readonly id: string;
  readonly portfolio: string;
  readonly numbers: readonly string[];
}

export interface Counters {
  readonly freeConversations: readonly { waba: string; month: string; count: number }[];
  readonly allowance: readonly { number: string; month: string; count: number }[];
  readonly volume: readonly {
    portfolio: string;
    market: string;
    category: VolumeCategory;
    month: string;
    count: number;
  }[];
}

/** What the provider bills on top of Meta's prices. Amounts are in the invoice currency. */
export interface TenantPlan {
  readonly currency: string;
  readonly markupPct: Decimal;
  readonly markupPctByCategory: ReadonlyMap<string, Decimal>;
  /** Units of the invoice currency for one unit of another. */
  readonly fx: ReadonlyMap<string, Decimal>;
  readonly fxMarginPct: Decimal;
  readonly feePerMessage: Decimal;
  readonly feeAppliesTo: ReadonlySet<string>;
  readonly monthlyNumberFee: Decimal;
  readonly months: readonly string[];
  readonly taxPct: Decimal;
  readonly decimals: number;
}

/** Reads and checks `context`. @throws InvalidCase naming the field, also for a field that is not known */
export function readContext(value: unknown): Context {
  const fields = new Fields(value, 'context').only('wabas', 'portfolios', 'templates', 'counters', 'tenant_plan');
  const wabas = fields.list('wabas').map(({ value: waba, where }) => readWaba(new Fields(waba, where)));
  if (wabas.length === 0) fields.fail('wabas', 'must name at least one');

  const wabaById = new Map<string, Waba>();
  const wabaOfNumber = new Map<string, Waba>();
  for (const waba of wabas) {
    if (wabaById.has(waba.id)) fields.fail('wabas', `names ${waba.id} twice`);
    wabaById.set(waba.id, waba);
    for (const number of waba.numbers) {
      if (wabaOfNumber.has(number)) fields.fail('wabas', `gives the number ${number} twice`);
      wabaOfNumber.set(number, waba);
    }
  }

  const portfolios = new Map<string, PortfolioFacts>();
  for (const { value: portfolio, where } of fields.list('portfolios')) {
    const [id, facts] = readPortfolio(new Fields(portfolio, where));
    if (portfolios.has(id)) fields.fail('portfolios', `names ${id} twice`);
    portfolios.set(id, facts);
  }

  const templates = new Map<string, string>();
  for (const { value: template, where } of fields.list('templates')) {
    const one = new Fields(template, where).only('name', 'category');
    templates.set(one.needString('name'), one.needString('category'));
  }

  const counters = readCounters(new Fields(fields.raw('counters') ?? {}, 'context.counters'));
  const plan = fields.raw('tenant_plan');
  const tenantPlan = plan === undefined ? undefined : readPlan(new Fields(plan, 'context.tenant_plan'), wabas);
  return { wabas, wabaOfNumber, wabaById, portfolios, templates, counters, plan: tenantPlan };
}

function readWaba(fields: Fields): Waba {
  fields.only('id', 'timezone', 'currency', 'numbers', 'portfolio', 'billed_by');
  const billedBy = fields.mayString('billed_by') ?? 'platform';
  if (billedBy !== 'platform' && billedBy !== 'other') fields.fail('billed_by', 'must be platform or other');
  if (fields.raw('numbers') === undefined) fields.fail('numbers', 'is missing');
  return {
    id: fields.needString('id'),
    zone: fields.need('timezone', asZone, 'an IANA time zone'),
    currency: fields.need('currency', asCurrency, 'an ISO 4217 code'),
    numbers: fields.strings('numbers'),
    portfolio: fields.mayString('portfolio') ?? 'default',
    billedHere: billedBy === 'platform',
  };
}

function asZone(value: unknown): ZoneClock | undefined {
  try {
    return typeof value === 'string' ? zoneClock(value) : undefined;
  } catch {
    return undefined;
  }
}
const asCurrency = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined;
/** ISO 3166 alpha-2. */
export const asCountry = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : undefined;

function readPortfolio(fields: Fields): [id: string, PortfolioFacts] {
  fields.only('id', 'primary_business_location', 'auth_international');
  const location = new Fields(
    fields.raw('primary_business_location') ?? {},
    `${fields.where}.primary_business_location`,
  );
  location.only('country', 'verified');
  const auth = new Fields(fields.raw('auth_international') ?? {}, `${fields.where}.auth_international`);
  auth.only('eligible', 'start_time', 'exception_countries');
  const eligibility = readAuthInternational(auth, auth.mayInstant('start_time'), true);
  const facts = {
    country: location.may('country', asCountry, 'an ISO 3166 alpha-2 code or null') ?? null,
    countryVerified: location.mayBoolean('verified') ?? false,
  };
  const eligible = auth.mayBoolean('eligible') ?? false;
  return [fields.needString('id'), eligible ? { ...facts, authInternational: eligibility } : facts];
}

/** Start times of authentication-international; `strict` refuses fields that are not known. */
export function readAuthInternational(
  fields: Fields,
  startsAt: number | undefined,
  strict: boolean,
): NonNullable<PortfolioFacts['authInternational']> {
  const exceptions = new Map<string, number>();
  for (const { value, where } of fields.list('exception_countries')) {
    const exception = new Fields(value, where);
    if (strict) exception.only('country_code', 'start_time');
    const country = exception.need('country_code', asCountry, 'an ISO 3166 alpha-2 code');
    exceptions.set(country, exception.needInstant('start_time'));
  }
  return { startsAt, exceptions };
}

function readCounters(fields: Fields): Counters {
  fields.only('free_conversations', 'service_allowance', 'volume');
  const seen = new Set<string>();
  /** Two entries for one counter cannot both be what was used before. */
  const once = (entry: Fields, ...words: string[]) => {
    const name = words.join('\n');
    if (seen.has(name)) entry.fail('count', 'is given twice for one counter');
    seen.add(name);
  };
  return {
    freeConversations: fields.list('free_conversations').map(({ value, where }) => {
      const entry = new Fields(value, where).only('waba', 'month', 'count');
      const [waba, month] = [entry.needString('waba'), entry.needMonth('month')];
      once(entry, 'free', waba, month);
      return { waba, month, count: entry.needCount('count') };
    }),
    allowance: fields.list('service_allowance').map(({ value, where }) => {
      const entry = new Fields(value, where).only('number', 'month', 'count');
      const [number, month] = [entry.needString('number'), entry.needMonth('month')];
      once(entry, 'allowance', number, month);
      return { number, month, count: entry.needCount('count') };
    }),
    volume: fields.list('volume').map(({ value, where }) => {
      const entry = new Fields(value, where).only('portfolio', 'market', 'category', 'month', 'count');
      const portfolio = entry.needString('portfolio');
      const market = entry.need('market', asMarket, 'a market of the price list');
      const category = entry.need('category', asVolumeCategory, 'utility or authentication');
      const month = entry.needMonth('month');
      once(entry, 'volume', portfolio, market, category, month);
      return { portfolio, market, category, month, count: entry.needCount('count') };
    }),
  };
}

const asMarket = (value: unknown): string | undefined =>
  typeof value === 'string' && MARKETS.has(value) ? value : undefined;
const asVolumeCategory = (value: unknown): VolumeCategory | undefined =>
  value === 'utility' || value === 'authentication' ? value : undefined;

function readPlan(fields: Fields, wabas: readonly Waba[]): TenantPlan {
  fields.only(
    'currency',
    'markup_pct',
    'markup_pct_by_category',
    'fx',
    'fx_margin_pct',
    'fee_per_message',
    'fee_applies_to',
    'monthly_number_fee',
    'months',
    'tax_pct',
    'decimals',
  );
  const billed = new Set(wabas.filter((waba) => waba.billedHere).map((waba) => waba.currency));
  const used = billed.size > 0 ? billed : new Set(wabas.map((waba) => waba.currency));
  const own = used.size === 1 ? [...used][0] : undefined;
  const currency = fields.may('currency', asCurrency, 'an ISO 4217 code') ?? own;
  if (currency === undefined) fields.fail('currency', 'is missing: the WABAs are billed in several');

  const fx = new Map<string, Decimal>();
  for (const { value, where } of fields.list('fx')) {
    const entry = new Fields(value, where).only('from', 'rate');
    const from = entry.need('from', asCurrency, 'an ISO 4217 code');
    if (fx.has(from)) entry.fail('from', `gives ${from} twice`);
    fx.set(from, entry.needDecimal('rate'));
  }
  for (const one of billed) if (one !== currency && !fx.has(one)) fields.fail('fx', `has no rate from ${one}`);

  return {
    currency,
    markupPct: fields.mayDecimal('markup_pct') ?? ZERO,
    markupPctByCategory: readMarkups(
      new Fields(fields.raw('markup_pct_by_category') ?? {}, `${fields.where}.markup_pct_by_category`),
    ),
    fx,
    fxMarginPct: fields.mayDecimal('fx_margin_pct') ?? ZERO,
    feePerMessage: fields.mayDecimal('fee_per_message') ?? ZERO,
    feeAppliesTo: readFeeAppliesTo(fields),
    monthlyNumberFee: fields.mayDecimal('monthly_number_fee') ?? ZERO,
    months: fields.list('months').map(({ value, where }) => {
      return asMonth(value) ?? fields.fail(where, 'must be a month YYYY-MM');
    }),
    taxPct: fields.mayDecimal('tax_pct') ?? ZERO,
    decimals: fields.may('decimals', asDecimals, 'a whole number from 0 to 20') ?? 2,
  };
}

function readMarkups(fields: Fields): ReadonlyMap<string, Decimal> {
  fields.only(...CARD_CATEGORIES);
  const markups = new Map<string, Decimal>();
  for (const category of CARD_CATEGORIES) {
    const pct = fields.mayDecimal(category);
    if (pct) markups.set(category, pct);
  }
  return markups;
}

function readFeeAppliesTo(fields: Fields): ReadonlySet<string> {
  if (fields.raw('fee_applies_to') === undefined) return new Set(['outbound_delivered']);
  const named = fields.strings('fee_applies_to');
  const strange = named.find((one) => one !== 'outbound_delivered' && one !== 'inbound');
  if (strange !== undefined) fields.fail('fee_applies_to', `may not name ${strange}`);
  return new Set(named);
}

const asDecimals = (value: unknown): number | undefined =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 20 ? (value as number) : undefined;
