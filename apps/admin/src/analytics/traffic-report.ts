import { metaError } from '#libs/error-catalogue';
import type { MessageStatus } from '#libs/message-status';
import type { Tx } from '#libs/persistence';
import { count, emptyFunnel, type Funnel } from './funnel.js';
import { type Group, groupOf, inOrder, MOST_GROUPS, type ReportScope, sqlOf } from './report-scope.js';

export type TrafficRow = Group & Funnel;

/** Why messages failed. */
export type FailureRow = Group & {
  /** Code of Meta's, or ours in the same form; `unknown` where none was told. */
  cause: string;
  means: string;
  messages: number;
};

/** @returns 'too many' where the scope has more groups than a report may */
export async function trafficReport(tx: Tx, scope: ReportScope): Promise<TrafficRow[] | 'too many'> {
  const { columns, groups, where, values } = sqlOf(scope);
  // A group has a row for each of its statuses.
  const most = MOST_GROUPS * 13;
  const rows: (Group & { status: MessageStatus; messages: string })[] = await tx.query(
    `SELECT ${columns} r.status, sum(r.messages)::text AS messages FROM traffic_days r
      WHERE ${where} GROUP BY ${groups} r.status HAVING sum(r.messages) <> 0 LIMIT ${most + 1}`,
    values,
  );
  const found = new Map<string, TrafficRow>();
  for (const { status, messages, ...row } of rows) {
    const group = groupOf(row, scope.by);
    const key = Object.values(group).join('\u0000');
    const sums = found.get(key) ?? { ...group, ...emptyFunnel() };
    found.set(key, sums);
    count(sums, status, Number(messages));
  }
  if (rows.length > most || found.size > MOST_GROUPS) return 'too many';
  return [...found.values()].sort(inOrder(scope.by));
}

/** The failures of a scope by cause, most frequent first; @returns 'too many' as above */
export async function failureReport(tx: Tx, scope: ReportScope): Promise<FailureRow[] | 'too many'> {
  const { columns, groups, where, values } = sqlOf(scope);
  const rows: (Group & { cause: string; messages: string })[] = await tx.query(
    `SELECT ${columns} r.cause, sum(r.messages)::text AS messages FROM traffic_days r
      WHERE ${where} AND r.status = 'failed' GROUP BY ${groups} r.cause HAVING sum(r.messages) <> 0
      ORDER BY sum(r.messages) DESC, r.cause LIMIT ${MOST_GROUPS + 1}`,
    values,
  );
  if (rows.length > MOST_GROUPS) return 'too many';
  return rows.map(({ cause, messages, ...row }) => ({
    ...groupOf(row, scope.by),
    cause,
    means: meaningOf(cause),
    messages: Number(messages),
  }));
}

const meaningOf = (cause: string): string =>
  /^\d+$/.test(cause) ? metaError(Number(cause)).title : 'No code was told';
