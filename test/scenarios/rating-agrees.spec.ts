import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadRateBook } from '../../apps/billing/src/rate-card/load-rate-book.js';
import { rateCase } from '../../apps/billing/src/rating/case/rate-case.js';
import { plain } from './slow-rating/exact.js';
import { randomMonth } from './slow-rating/random-months.js';
import { rateSlowly } from './slow-rating/rate-slowly.js';
import type { Json } from './slow-rating/read-case.js';

const book = loadRateBook();

/** Adds up the quantities of what is said in the same words; decimals in one spelling; sorted. */
function inWords(lines: unknown, fields: string[]): string[] {
  const sums = new Map<string, number>();
  for (const line of lines as Json[]) {
    const words = fields.map((field) => {
      const value = line[field];
      return value !== undefined && field === 'unit_price' ? plain(String(value)) : String(value);
    });
    sums.set(words.join(' '), (sums.get(words.join(' ')) ?? 0) + ((line.quantity as number | undefined) ?? 1));
  }
  return [...sums]
    .filter(([, quantity]) => quantity > 0)
    .map(([words, quantity]) => `${words} x${quantity}`)
    .sort();
}
/** An output without the order of its arrays, the spelling of its decimals and lines that cost nothing. */
function comparable(output: Json): Json {
  const totals = output.totals as Record<string, string>;
  const { lines, ...sums } = (output.tenant_invoice ?? { lines: [] }) as Json & { lines: Json[] };
  const CHARGE = ['event', 'waba', 'market', 'category', 'unit_price', 'currency'];
  return {
    charges: inWords(output.charges, CHARGE),
    amounts: inWords(output.charges, [...CHARGE.slice(0, 4), 'currency']),
    free: inWords(output.free, ['event', 'reason']),
    parked: inWords(output.parked, ['event', 'reason']),
    total: output.total === null ? null : plain(output.total as string),
    currency: output.currency,
    totals: Object.entries(totals)
      .map(([currency, sum]) => `${currency} ${plain(sum)}`)
      .sort(),
    lines: inWords(
      lines.filter((line) => line.item === 'messages' || plain(line.amount as string) !== '0'),
      ['item', 'market', 'category', 'unit_price'],
    ),
    sums,
  };
}
const told = (rate: () => unknown): Json => {
  try {
    return comparable(rate() as Json);
  } catch (error) {
    return { error: String(error) };
  }
};

interface Month extends Json {
  context: { wabas: Json[]; portfolios: Json[]; templates: Json[]; counters: { volume: Json[] } };
  events: Json[];
}
const withPlan = (month: Month, plan: Json) =>
  Object.assign(month.context, { tenant_plan: { currency: 'USD', fx: FX, ...plan } });
const FX = ['EUR', 'BRL', 'INR', 'AED'].map((from) => ({ from, rate: '1' }));
const COUNTER = { portfolio: 'P9', market: 'Brazil', category: 'utility', month: '2026-10', count: 0 };
const TEXT = { id: 'broken', kind: 'text', number: 'N1', to: '+5511987650001', sent_at: '2026-10-05T10:00:00Z' };
const BULK = {
  ...TEXT,
  kind: 'bulk_text',
  count: 1,
  first_delivered_at: '2026-10-05T10:00:00Z',
  last_delivered_at: '2026-10-05T10:00:00Z',
};

describe('two engines written from one text', () => {
  it('rate random months alike', () => {
    fc.assert(
      fc.property(randomMonth, (month) => {
        expect(told(() => rateCase(month, book))).toEqual(told(() => rateSlowly(month)));
      }),
      { numRuns: 1_500 },
    );
  });

  /** Ways to break a case against sections 2 and 3; each names what the error must speak of. */
  const broken: [what: string, named: string, breakIt: (month: Month) => void][] = [
    ['another format', 'format', (m) => Object.assign(m, { format: 'pricing-case/2' })],
    ['no id', 'id', (m) => Object.assign(m, { id: undefined })],
    ['no WABA', 'wabas', (m) => Object.assign(m.context, { wabas: [] })],
    ['a misspelt part of the context', 'counter', (m) => Object.assign(m.context, { counter: {} })],
    ['a misspelt field of a WABA', 'biled_by', (m) => Object.assign(m.context.wabas[0] ?? {}, { biled_by: 'other' })],
    ['a misspelt field of a portfolio', 'auth', (m) => Object.assign(m.context.portfolios[0] ?? {}, { auth: {} })],
    ['a misspelt counter', 'volumes', (m) => Object.assign(m.context.counters, { volumes: [] })],
    ['a field too many in a template', 'state', (m) => Object.assign(m.context.templates[0] ?? {}, { state: 'new' })],
    ['a misspelt fee', 'fee', (m) => Object.assign(m.context, { tenant_plan: { currency: 'USD', fee: '1' } })],
    ['a number where a decimal belongs', 'tax_pct', (m) => withPlan(m, { tax_pct: 19 })],
    ['an exponent', 'markup_pct', (m) => withPlan(m, { markup_pct: '1e1' })],
    ['a signed decimal', 'markup_pct', (m) => withPlan(m, { markup_pct: '-5' })],
    ['a float where a count belongs', 'decimals', (m) => withPlan(m, { decimals: 1.5 })],
    ['a negative count', 'count', (m) => m.context.counters.volume.push({ ...COUNTER, count: -1 })],
    ['a missing rate of exchange', 'fx', (m) => withPlan(m, { currency: 'CHF', fx: [] })],
    ['a message without its number', 'broken', (m) => m.events.push({ ...TEXT, number: undefined })],
    ['a message without its recipient', 'broken', (m) => m.events.push({ ...TEXT, to: undefined })],
    ['a message without its moment', 'broken', (m) => m.events.push({ ...TEXT, sent_at: undefined })],
    ['a day where an instant belongs', 'broken', (m) => m.events.push({ ...TEXT, sent_at: '2026-10-05' })],
    ['a status without a moment', 'broken', (m) => m.events.push({ ...TEXT, statuses: [{ status: 'read' }] })],
    ['a message without an id', 'id', (m) => m.events.push({ ...TEXT, id: undefined })],
    ['a bulk without a count', 'broken', (m) => m.events.push({ ...BULK, count: undefined })],
    ['a bulk without an end', 'broken', (m) => m.events.push({ ...BULK, last_delivered_at: undefined })],
    ['a group message without deliveries', 'broken', (m) => m.events.push({ ...TEXT, kind: 'group_text', group: 'G' })],
    ['a user message without a sender', 'broken', (m) => m.events.push({ ...TEXT, kind: 'user_message', at: 1 })],
    ['a status without a message', 'message', (m) => m.events.push({ kind: 'status', status: 'read', at: 1 })],
  ];
  it.each(broken)('both refuse %s and name it', (_what, named, breakIt) => {
    const [month] = fc.sample(randomMonth, { numRuns: 1, seed: 1 }) as unknown as Month[];
    if (!month) throw new Error('no month');
    breakIt(month);
    const input = JSON.parse(JSON.stringify(month));
    expect(() => rateSlowly(input)).toThrow();
    expect(() => rateCase(input, book)).toThrow(named);
  });

  const cases = join(import.meta.dirname, '../fixtures/pricing-cases');
  it.each(readdirSync(cases).filter((name) => name.endsWith('.json')))('agree on the worked case %s', (name) => {
    const month = JSON.parse(readFileSync(join(cases, name), 'utf8'));
    const file = month.events_file && readFileSync(join(cases, month.events_file), 'utf8');
    const more = (file ? file.trim().split('\n') : []).map((line: string) => JSON.parse(line));
    const expected = comparable({ totals: {}, ...month.expect });
    const got = comparable(rateSlowly(month, more));
    expect(got.free).toEqual(expected.free);
    expect(got.parked).toEqual(expected.parked);
    expect(got.total).toEqual(expected.total);
    expect(got.sums).toEqual(expected.sums);
  });
});
