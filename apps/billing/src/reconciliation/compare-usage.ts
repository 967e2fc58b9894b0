import { add, compare, formatDecimal, isZero, parseDecimal, subtract } from '#libs/money';

/** Messages of one day, number, market and category, as one side has them. */
export interface UsageCell {
  /** `YYYY-MM-DD` in the WABA's time zone, or the first of a month. */
  readonly day: string;
  /** Digits; empty where numbers are not told apart. */
  readonly number: string;
  readonly market: string;
  readonly category: string;
  readonly charged: boolean;
  readonly volume: number;
  /** Decimal string in the WABA's currency, or null where it is not told. */
  readonly cost: string | null;
}

/** Why the two sides may differ; a person decides. */
export type Cause =
  | 'category_differs'
  | 'free_or_charged_differs'
  | 'day_differs'
  | 'waits_unpriced'
  | 'status_missing'
  | 'not_told_yet'
  | 'price_differs'
  | 'unknown';

export interface UsageDifference extends Omit<UsageCell, 'volume' | 'cost'> {
  readonly ours: number;
  readonly metas: number;
  readonly ourCost: string | null;
  readonly metasCost: string | null;
  readonly cause: Cause;
}

const keyOf = (c: Omit<UsageCell, 'volume' | 'cost'>, leave: readonly (keyof UsageCell)[] = []): string =>
  (['day', 'number', 'market', 'category', 'charged'] as const)
    .map((name) => (leave.includes(name) ? '' : String(c[name])))
    .join('|');

/** Sums of `ours - metas` over all cells that agree in everything but some fields. */
function leftOver(
  cells: readonly { cell: UsageCell; gap: number }[],
  leave: readonly (keyof UsageCell)[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { cell, gap } of cells) sums.set(keyOf(cell, leave), (sums.get(keyOf(cell, leave)) ?? 0) + gap);
  return sums;
}

/**
 * Holds what we charged against what Meta counted: pure.
 *
 * @param waiting messages that were delivered and wait for a price, by day
 * @param settled the last day of which Meta's figures can be expected to be whole
 * @returns the cells that differ in volume or, where Meta tells it, in cost, each with its probable cause
 */
export function compareUsage(
  ours: readonly UsageCell[],
  metas: readonly UsageCell[],
  waiting: ReadonlyMap<string, number>,
  settled: string,
): UsageDifference[] {
  const [us, them] = [merge(ours), merge(metas)];
  const cells = [...new Set([...us.keys(), ...them.keys()])].sort().map((key) => {
    const cell = (us.get(key) ?? them.get(key)) as UsageCell;
    return { key, cell, gap: (us.get(key)?.volume ?? 0) - (them.get(key)?.volume ?? 0) };
  });
  const [byCategory, byCharged, byDay] = [
    leftOver(cells, ['category']),
    leftOver(cells, ['charged']),
    leftOver(cells, ['day']),
  ];
  const ofDay = leftOver(cells, ['number', 'market', 'category', 'charged']);
  const causeOf = (cell: UsageCell, gap: number): Cause => {
    if (gap === 0) return 'price_differs';
    if (byCharged.get(keyOf(cell, ['charged'])) === 0) return 'free_or_charged_differs';
    if (byCategory.get(keyOf(cell, ['category'])) === 0) return 'category_differs';
    if (byDay.get(keyOf(cell, ['day'])) === 0) return 'day_differs';
    if (gap > 0) return cell.day > settled ? 'not_told_yet' : 'unknown';
    const short = -(ofDay.get(keyOf(cell, ['number', 'market', 'category', 'charged'])) ?? 0);
    return (waiting.get(cell.day) ?? 0) >= short && short > 0 ? 'waits_unpriced' : 'status_missing';
  };
  return cells.flatMap(({ key, cell, gap }): UsageDifference[] => {
    const [our, their] = [us.get(key)?.cost ?? null, them.get(key)?.cost ?? null];
    const costsDiffer = their !== null && our !== null && compare(parseDecimal(our), parseDecimal(their)) !== 0;
    if (gap === 0 && !costsDiffer) return [];
    const { day, number, market, category, charged } = cell;
    const volumes = { ours: us.get(key)?.volume ?? 0, metas: them.get(key)?.volume ?? 0 };
    return [
      { day, number, market, category, charged, ...volumes, ourCost: our, metasCost: their, cause: causeOf(cell, gap) },
    ];
  });
}

function merge(cells: readonly UsageCell[]): Map<string, UsageCell> {
  const merged = new Map<string, UsageCell>();
  for (const cell of cells) {
    const held = merged.get(keyOf(cell));
    const cost = held?.cost && cell.cost ? formatDecimal(add(parseDecimal(held.cost), parseDecimal(cell.cost))) : null;
    merged.set(keyOf(cell), held ? { ...cell, volume: held.volume + cell.volume, cost } : cell);
  }
  return merged;
}

/** What our books of Meta's cost must be moved by so that they say what Meta's invoice says; undefined where they do. */
export function trueUpOf(ours: string, metas: string): string | undefined {
  const gap = subtract(parseDecimal(metas), parseDecimal(ours));
  return isZero(gap) ? undefined : formatDecimal(gap);
}
