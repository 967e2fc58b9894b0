import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { judge, KINDS } from './alert-kinds.js';
import { type Alert, Alerts } from './alerts.js';

interface Measured {
  tenant_id: string;
  subject: string;
  value: number;
}

const keyOf = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

/**
 * Measures what there are rules for, and begins and ends occurrences. Done twice at once, it ends the same. Of a tenant that is
 * closing or closed nothing is measured: nobody is to be woken for it, and of a closed one no row is to come back.
 */
@Injectable()
export class EvaluateAlerts {
  constructor(
    private readonly db: Database,
    private readonly alerts: Alerts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    const [rules, open] = await this.db.asStaff(
      async (tx) => [await this.alerts.rules(tx), await this.alerts.open(tx)] as const,
    );
    for (const rule of rules) {
      const measured: Measured[] = rule.enabled
        ? await this.db.asStaff((tx) =>
            tx.query(
              `SELECT m.tenant_id, m.subject, m.value::float8 FROM (${KINDS[rule.kind].measure}) AS m
                 LEFT JOIN tenants t ON t.tenant_id = m.tenant_id
                WHERE t.status IS NULL OR t.status NOT IN ('closing', 'closed')`,
              [now],
            ),
          )
        : [];
      const values = new Map(measured.map((m) => [keyOf(m.tenant_id, m.subject), m]));
      const going = new Map<string, Alert>(
        open.filter((a) => a.kind === rule.kind).map((a) => [keyOf(a.tenantId, a.subject), a]),
      );
      for (const [key, { tenant_id: tenantId, subject, value }] of values) {
        if (!going.has(key) && judge(false, value, rule) === 'raise') {
          await this.alerts.raise(tenantId, rule.kind, subject, value);
        }
      }
      for (const [key, alert] of going) {
        const value = values.get(key)?.value;
        if (judge(true, value, rule) === 'clear') await this.alerts.clear(alert);
        else if (value !== undefined && value > alert.value) await this.alerts.worsen(alert, value);
      }
    }
  }
}
