import { Inject, Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId } from '#libs/ids';
import { bookingDay, Ledger, move, Periods } from '#libs/ledger';
import { marketNamed } from '#libs/markets';
import { add, compare, formatDecimal, negate, parseDecimal, trim, ZERO } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { type Waba, Wabas } from '#libs/wabas';
import { daysOfMonth } from '../local-days.js';
import { meaningOf } from '../rating/categories.js';
import { compareUsage, trueUpOf, type UsageCell, type UsageDifference } from './compare-usage.js';
import { MetaUsage } from './meta-usage.js';
import { PullAnalytics } from './pull-analytics.js';

/** Meta's figures are whole after two days (its analytics lag by up to 48 hours). */
const LAG_MS = 2 * 86_400_000;

export interface WabaReport {
  readonly wabaId: string;
  readonly metaWabaId: string;
  readonly currency: string;
  readonly differences: readonly UsageDifference[];
  /** What the books of Meta's cost, true-ups included, are short of (or over) Meta's invoice; of an invoice only. */
  readonly trueUp: string | null;
}

/** Holds our charges against what Meta says, and trues up the books of Meta's cost. */
@Injectable()
export class Reconcile {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly usage: MetaUsage,
    private readonly analytics: PullAnalytics,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Pulls Meta's analytics of all WABAs of a tenant.
   *
   * @param also what is done in the transaction that keeps them, such as an entry in the audit log
   * @returns how many rows Meta told
   */
  async pull(
    tenantId: string,
    days: { from: string; to: string },
    also: (tx: Tx, rows: number) => Promise<void> = async () => {},
  ): Promise<number> {
    const wabas = await this.db.inTenant(tenantId, (tx) => this.wabas.wabas(tx, tenantId));
    const told: [wabaId: string, cells: UsageCell[]][] = [];
    for (const waba of wabas) told.push([waba.wabaId, await this.analytics.pull(waba, days)]);
    return this.db.inTenant(tenantId, async (tx) => {
      for (const [wabaId, cells] of told) {
        await this.usage.replace(tx, tenantId, { wabaId, source: 'analytics', ...days }, cells);
      }
      const rows = told.reduce((sum, [, cells]) => sum + cells.length, 0);
      await also(tx, rows);
      return rows;
    });
  }

  /** Our volumes beside Meta's analytics, by day, number, market and category in each WABA's zone. */
  byDay(tenantId: string, days: { from: string; to: string }): Promise<WabaReport[]> {
    const settled = new Date(this.clock.now().getTime() - LAG_MS).toISOString().slice(0, days.from.length);
    return this.report(tenantId, async (tx, waba) => {
      const which = { wabaId: waba.wabaId, ...days };
      const ours = await this.usage.ours(tx, tenantId, which, 'day and number');
      const metas = await this.usage.told(tx, tenantId, { ...which, source: 'analytics' });
      const differences = compareUsage(ours, metas, await this.usage.waiting(tx, tenantId, waba.wabaId), settled);
      return { differences, trueUp: null };
    });
  }

  /** Our costs of a month beside Meta's invoice, by market and category; WABAs without an invoice are left out. */
  async byInvoice(tenantId: string, month: string): Promise<WabaReport[]> {
    const days = daysOfMonth(month);
    if (!days) throw Refusal.invalid('the month must be YYYY-MM');
    const reports = await this.report(tenantId, async (tx, waba) => {
      const which = { wabaId: waba.wabaId, ...days };
      const metas = await this.usage.told(tx, tenantId, { ...which, source: 'invoice' });
      if (metas.length === 0) return undefined;
      const ours = (await this.usage.ours(tx, tenantId, which, 'month')).filter((cell) => cell.charged);
      const differences = compareUsage(ours, metas, await this.usage.waiting(tx, tenantId, waba.wabaId), days.to);
      const memo = trueUpMemo(month, waba.metaWabaId);
      const { sum } = await this.ledger.truedUp(tx, tenantId, 'cost_of_sales_meta', memo);
      const books = formatDecimal(add(parseDecimal(costOf(ours)), parseDecimal(sum)));
      return { differences, trueUp: trueUpOf(books, costOf(metas)) ?? null };
    });
    return reports;
  }

  /**
   * Keeps an invoice of Meta's: CSV with the columns market, category, volume, cost; one row for each.
   *
   * @param also what is done in the same transaction, such as an entry in the audit log
   * @throws Refusal with all that is wrong in it, by line
   */
  async importInvoice(
    tenantId: string,
    given: { metaWabaId: string; month: string; csv: string },
    also: (tx: Tx, rows: number) => Promise<void> = async () => {},
  ): Promise<{ rows: number }> {
    const { metaWabaId, month, csv } = given;
    const days = daysOfMonth(month);
    if (!days) throw Refusal.invalid('the month must be YYYY-MM');
    const cells = readInvoice(csv, days.from);
    return this.db.inTenant(tenantId, async (tx) => {
      const waba = await this.wabas.waba(tx, tenantId, { metaWabaId });
      if (!waba) throw Refusal.notFound('WABA');
      await this.usage.replace(tx, tenantId, { wabaId: waba.wabaId, source: 'invoice', ...days }, cells);
      await also(tx, cells.length);
      return { rows: cells.length };
    });
  }

  /**
   * Books the difference between what we reckoned Meta to cost and what its invoice says. One that was told twice is booked
   * once: the same amount for the same reason right after itself.
   *
   * @param wish `amount` in the WABA's currency, negative where Meta asked for less
   * @returns the day on which it counts
   * @throws Refusal for one that was booked before
   */
  async trueUp(
    tx: Tx,
    tenantId: string,
    wish: { month: string; metaWabaId: string; amount: string; memo: string },
  ): Promise<{ booked_on: string; entry: string }> {
    const waba = await this.wabas.waba(tx, tenantId, { metaWabaId: wish.metaWabaId });
    const days = daysOfMonth(wish.month);
    if (!waba || !days) throw Refusal.notFound('WABA or month');
    const bookedOn = bookingDay(days.to, await this.periods.closedThrough(tx, tenantId));
    const less = compare(parseDecimal(wish.amount), ZERO) < 0;
    const size = less ? formatDecimal(negate(parseDecimal(wish.amount))) : wish.amount;
    const [debit, credit] = less
      ? (['payable_meta', 'cost_of_sales_meta'] as const)
      : (['cost_of_sales_meta', 'payable_meta'] as const);
    const postings = move(size, waba.currency, debit, credit);
    if (postings.length === 0) throw Refusal.invalid('amount: must not be 0.');
    // One at a time, so that each knows how many there were before it.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('true-up:' || $1, 0))`, [tenantId]);
    const begins = trueUpMemo(wish.month, wish.metaWabaId);
    const { entries: before } = await this.ledger.truedUp(tx, tenantId, 'cost_of_sales_meta', begins);
    // 0.5 and 0.50 are the same true-up.
    const exact = formatDecimal(trim(parseDecimal(wish.amount)));
    const nthId = (n: number) =>
      derivedId(new Date(`${days.from}T00:00:00Z`), waba.wabaId, 'true_up', wish.month, String(n), exact, wish.memo);
    if (await this.ledger.entry(tx, tenantId, nthId(before - 1))) {
      throw Refusal.conflict(
        'The last true-up of this month and WABA was the same, for the same reason. If another is meant, say why.',
      );
    }
    const [entryId, memo] = [nthId(before), `${begins}${wish.memo}`];
    await this.ledger.post(tx, tenantId, [{ entryId, kind: 'true_up', messageId: null, bookedOn, memo, postings }]);
    return { booked_on: bookedOn, entry: entryId };
  }

  private report(
    tenantId: string,
    of: (tx: Tx, waba: Waba) => Promise<Pick<WabaReport, 'differences' | 'trueUp'> | undefined>,
  ): Promise<WabaReport[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      const reports: WabaReport[] = [];
      for (const waba of await this.wabas.wabas(tx, tenantId)) {
        const { wabaId, metaWabaId, currency } = waba;
        const found = await of(tx, waba);
        if (found) reports.push({ wabaId, metaWabaId, currency, ...found });
      }
      return reports;
    });
  }
}

/** How the memo of a true-up begins, by which those of a month and WABA are found. */
const trueUpMemo = (month: string, metaWabaId: string): string => `true-up ${month} ${metaWabaId}: `;

const costOf = (cells: readonly UsageCell[]): string =>
  formatDecimal(cells.reduce((sum, cell) => add(sum, parseDecimal(cell.cost ?? '0')), ZERO));

function readInvoice(csv: string, day: string): UsageCell[] {
  const problems: string[] = [];
  let records: Record<string, string>[] = [];
  try {
    records = parse(csv, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    problems.push(`the file is no CSV: ${(error as Error).message}`);
  }
  const cells = records.map((record, i): UsageCell => {
    const wrong = (what: string) => problems.push(`line ${i + 2}: ${what}`);
    const market = marketNamed(record.market ?? '');
    const category = meaningOf((record.category ?? '').toLowerCase())?.row;
    if (!market) wrong(`${record.market ?? 'nothing'} is no market`);
    if (!category) wrong(`${record.category ?? 'nothing'} is no category`);
    if (!/^\d{1,12}$/.test(record.volume ?? '')) wrong('volume must be a whole number');
    if (!/^\d{1,12}(\.\d{1,12})?$/.test(record.cost ?? '')) wrong('cost must be a decimal');
    const { volume, cost = '0' } = record;
    return {
      day,
      number: '',
      market: market ?? '',
      category: category ?? '',
      charged: true,
      volume: Number(volume),
      cost,
    };
  });
  if (problems.length > 0) throw Refusal.invalid(problems.slice(0, 50).join('; '), { csv: problems.slice(0, 50) });
  return cells;
}
