import type { Tx } from '#libs/persistence';
import type { Funnel } from '../../analytics/funnel.js';
import { emptyFunnel } from '../../analytics/funnel.js';
import type { ReportScope } from '../../analytics/report-scope.js';
import { type FailureRow, failureReport, trafficReport } from '../../analytics/traffic-report.js';

const DAY_MS = 86_400_000;
const TRAFFIC_DAYS = 7;
const CAUSES = 10;

/** Messages that were accepted since the beginning of a day, and how far they have come; seconds old. */
export type Traffic = Funnel & { since: Date; failures: Pick<FailureRow, 'cause' | 'means' | 'messages'>[] };

/** Today and the six days before it, in UTC. */
export async function trafficOf(tx: Tx, tenantId: string, now: Date): Promise<Traffic> {
  const scope = lastDays(tenantId, now, TRAFFIC_DAYS);
  const [funnel] = rowsOf(await trafficReport(tx, scope));
  const failures = rowsOf(await failureReport(tx, scope)).slice(0, CAUSES);
  return { since: new Date(scope.from), ...(funnel ?? emptyFunnel()), failures };
}

/** All of a tenant's figures of the last days, today included, as one group. */
export const lastDays = (tenantId: string, now: Date, days: number): ReportScope => ({
  from: new Date(now.getTime() - (days - 1) * DAY_MS).toISOString().slice(0, 10),
  before: new Date(now.getTime() + DAY_MS).toISOString().slice(0, 10),
  by: [],
  tenantId,
});

/** Of a report that has one group, or one for each cause or currency: there are never too many. */
export function rowsOf<Row>(rows: Row[] | 'too many'): Row[] {
  return rows === 'too many' ? [] : rows;
}
