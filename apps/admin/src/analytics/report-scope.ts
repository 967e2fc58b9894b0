/** What figures may be told apart by. */
export const DIMENSIONS = ['day', 'tenant', 'number', 'market', 'category'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Which figures a report is about. */
export interface ReportScope {
  /** Days in UTC on which the messages were accepted, `YYYY-MM-DD`: from <= day < before. */
  from: string;
  before: string;
  by: readonly Dimension[];
  tenantId?: string | undefined;
  phoneNumberId?: string | undefined;
  market?: string | undefined;
  category?: string | undefined;
}

/** By what a row of a report is told apart; only what was asked for is there. */
export interface Group {
  day?: string;
  tenant_id?: string;
  phone_number_id?: string;
  market?: string;
  category?: string;
}

/** Of a report's rows; one that has more is asked for less. */
export const MOST_GROUPS = 10_000;

const COLUMNS: Readonly<Record<Dimension, readonly [sql: string, name: keyof Group]>> = {
  day: ['r.day::text', 'day'],
  tenant: ['r.tenant_id', 'tenant_id'],
  number: ['r.phone_number_id', 'phone_number_id'],
  market: ['r.market', 'market'],
  category: ['r.category', 'category'],
};

/**
 * The parts of a statement over a rollup `r` for a scope.
 *
 * @returns `columns` and `groups` end in a comma where there are any; `values` are $1 to $6
 */
export function sqlOf(scope: ReportScope): { columns: string; groups: string; where: string; values: unknown[] } {
  return {
    columns: scope.by.map((d) => `${COLUMNS[d][0]} AS ${COLUMNS[d][1]}, `).join(''),
    groups: scope.by.map((d) => `${COLUMNS[d][0]}, `).join(''),
    where: `r.day >= $1::date AND r.day < $2::date AND ($3::uuid IS NULL OR r.tenant_id = $3)
      AND ($4::uuid IS NULL OR r.phone_number_id = $4) AND ($5::text IS NULL OR r.market = $5)
      AND ($6::text IS NULL OR r.category = $6)`,
    values: [
      scope.from,
      scope.before,
      scope.tenantId ?? null,
      scope.phoneNumberId ?? null,
      scope.market ?? null,
      scope.category ?? null,
    ],
  };
}

/** The group of a row, in the order that was asked for. */
export const groupOf = (row: Group, by: readonly Dimension[]): Group =>
  Object.fromEntries(by.map((d) => [COLUMNS[d][1], row[COLUMNS[d][1]]]));

/** Orders groups as they were asked for: days, names and ids ascending. */
export const inOrder =
  (by: readonly Dimension[]) =>
  (a: Group, b: Group): number => {
    for (const d of by) {
      const name = COLUMNS[d][1];
      const [x = '', y = ''] = [a[name], b[name]];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  };
