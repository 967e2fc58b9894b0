import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { bookingDay, type Charge, Ledger, Periods } from '#libs/ledger';
import { add, compare, formatDecimal, isZero, parseDecimal, subtract, ZERO } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { decideAlone } from '../metering/decide-alone.js';
import { Plans } from '../plans/plans.js';
import { CurrentRateBook } from '../rate-card/current-rate-book.js';
import { WalletAlerts } from '../wallet/wallet-alerts.js';
import { type BothSides, type NotRepriced, reprice } from './reprice.js';

const PAGE = 500;
/** So many messages are looked at in one call; then the caller comes again. */
export const AT_MOST = 50_000;

/** Messages that were charged alike and are to be charged alike. */
export interface ReRated {
  readonly market: string | null;
  readonly category: string;
  readonly messages: number;
  /** Meta's price of one, before and now, and what it makes for all of them. */
  readonly cost: { readonly currency: string; readonly from: string; readonly to: string; readonly difference: string };
  /** The tenant's. */
  readonly price: {
    readonly currency: string;
    readonly from: string;
    readonly to: string;
    readonly difference: string;
  };
}

/** How a period was rated again, or would be. */
export interface ReRating {
  readonly looked: number;
  readonly differences: readonly ReRated[];
  /** Messages that were left as they are although they might differ, by reason. */
  readonly left: Readonly<Partial<Record<NotRepriced, number>>>;
  /** Where to go on; null when the period is done. */
  readonly next: string | null;
}

type Pair = readonly [before: BothSides, now: BothSides];

/**
 * Rates messages again that were charged by a price that was wrong. Nothing is changed: what was charged is taken back and
 * charged anew beside it, in the month that is open. Done twice, or by two at once, it counts once.
 */
@Injectable()
export class ReRateCharges {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly plans: Plans,
    private readonly wallets: Wallets,
    private readonly alerts: WalletAlerts,
    private readonly book: CurrentRateBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param period local days, both included; `after`: the `next` of the call before
   * @param wish   `dryRun`: only say what differs; `memo`: why, for people who read the books
   * @param also   what is done in the transaction of each batch of corrections, such as an entry in the audit log
   */
  async run(
    tenantId: string,
    period: { from: string; to: string; after?: string | undefined },
    wish: { dryRun: boolean; memo: string },
    also: (tx: Tx, differences: readonly ReRated[]) => Promise<void>,
  ): Promise<ReRating> {
    const pairs: Pair[] = [];
    const left: Partial<Record<NotRepriced, number>> = {};
    let [looked, after] = [0, period.after];
    for (let more = true; more && looked < AT_MOST; ) {
      const page = await this.db.inTenant(tenantId, (tx) => this.page(tx, tenantId, { ...period, after }, wish, also));
      pairs.push(...page.pairs);
      for (const why of page.left) left[why] = (left[why] ?? 0) + 1;
      looked += page.looked;
      more = page.looked === PAGE;
      after = more ? page.last : undefined;
    }
    return { looked, differences: sumUp(pairs), left, next: after ?? null };
  }

  private async page(
    tx: Tx,
    tenantId: string,
    period: { from: string; to: string; after?: string | undefined },
    wish: { dryRun: boolean; memo: string },
    also: (tx: Tx, differences: readonly ReRated[]) => Promise<void>,
  ): Promise<{ pairs: Pair[]; left: NotRepriced[]; looked: number; last: string | undefined }> {
    await decideAlone(tx, tenantId);
    const charged = pairsOf(await this.ledger.chargedOn(tx, tenantId, period, { after: period.after, limit: PAGE }));
    const [book, plans] = [await this.book.latest(), await this.plans.calendar(tx, tenantId)];
    const pairs: Pair[] = [];
    const left: NotRepriced[] = [];
    for (const before of charged) {
      const now = reprice(book, plans.named(before.price.plan ?? '', before.price.localDay), before);
      if (typeof now === 'string') left.push(now);
      else if (!costTheSame(before, now)) pairs.push([before, now]);
    }
    if (!wish.dryRun && pairs.length > 0) {
      await this.correct(tx, tenantId, pairs, wish.memo);
      await also(tx, sumUp(pairs));
    }
    return { pairs, left, looked: charged.length, last: charged.at(-1)?.cost.messageId };
  }

  private async correct(tx: Tx, tenantId: string, pairs: readonly Pair[], memo: string): Promise<void> {
    const today = this.clock.now().toISOString().slice(0, 'YYYY-MM-DD'.length);
    const bookedOn = bookingDay(today, await this.periods.closedThrough(tx, tenantId));
    const wallet = await this.wallets.find(tx, tenantId);
    const rights = pairs.map(([, { cost, price }]) => [cost, price] as const);
    const done = await this.ledger.correct(tx, tenantId, rights, { memo, bookedOn }, wallet?.currency);
    const moved = isZero(parseDecimal(done.toWallet))
      ? undefined
      : await this.wallets.move(tx, tenantId, done.toWallet);
    if (moved) await this.alerts.tell(tx, tenantId, moved);
  }
}

/** @param charges both sides of each message, the cost first */
function pairsOf(charges: readonly Charge[]): BothSides[] {
  const prices = new Map(charges.filter((c) => c.side === 'price').map((price) => [price.messageId, price]));
  return charges.flatMap((cost) => {
    const price = prices.get(cost.messageId);
    return cost.side === 'cost' && price ? [{ cost, price }] : [];
  });
}

const isAlike = (a: Charge, b: Charge): boolean =>
  a.currency === b.currency && compare(parseDecimal(a.amount), parseDecimal(b.amount)) === 0;
const costTheSame = (a: BothSides, b: BothSides): boolean => isAlike(a.cost, b.cost) && isAlike(a.price, b.price);

function sumUp(pairs: readonly Pair[]): ReRated[] {
  const sums = new Map<string, ReRated>();
  const moved = (held: string | undefined, from: Charge, to: Charge): string => {
    const gap = subtract(parseDecimal(to.amount), parseDecimal(from.amount));
    return formatDecimal(add(held === undefined ? ZERO : parseDecimal(held), gap));
  };
  for (const [before, now] of pairs) {
    const { market, category } = now.cost;
    const sides = [before.cost, now.cost, before.price, now.price];
    const key = [market, category, ...sides.map((c) => `${c.unitPrice} ${c.currency}`)].join('|');
    const held = sums.get(key);
    const line = (from: Charge, to: Charge, difference: string | undefined) => ({
      currency: to.currency,
      from: from.unitPrice,
      to: to.unitPrice,
      difference: moved(difference, from, to),
    });
    sums.set(key, {
      market,
      category,
      messages: (held?.messages ?? 0) + 1,
      cost: line(before.cost, now.cost, held?.cost.difference),
      price: line(before.price, now.price, held?.price.difference),
    });
  }
  return [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}
