import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { ALERT_KINDS, type AlertKind, KINDS, type Thresholds } from './alert-kinds.js';

export interface Alert {
  id: string;
  /** The nil UUID for the platform. */
  tenantId: string;
  kind: AlertKind;
  subject: string;
  /** The worst that was measured. */
  value: number;
  raisedAt: Date;
  clearedAt: Date | null;
  /** Whether the beginning was told, by each way. */
  toldRaised: Record<AlertWay, boolean>;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
}

/** By which staff are told. */
export type AlertWay = 'post' | 'letter';

/** The columns that hold since when the beginning and the end are told. */
const TOLD = {
  post: { raised: 'told_raised_at', cleared: 'told_cleared_at' },
  letter: { raised: 'mailed_raised_at', cleared: 'mailed_cleared_at' },
} as const satisfies Record<AlertWay, Record<'raised' | 'cleared', string>>;

export interface Rule extends Thresholds {
  kind: AlertKind;
  enabled: boolean;
}

const COLUMNS = `alert_id AS id, tenant_id AS "tenantId", kind, subject, value::float8 AS value, raised_at AS "raisedAt",
  cleared_at AS "clearedAt",
  json_build_object('post', told_raised_at IS NOT NULL, 'letter', mailed_raised_at IS NOT NULL) AS "toldRaised",
  acknowledged_by AS "acknowledgedBy", acknowledged_at AS "acknowledgedAt"`;

/** The one writer of alerts and alert_rules; as staff. */
@Injectable()
export class Alerts {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One for each kind, as staff changed it or as it is without. */
  async rules(tx: Tx): Promise<Rule[]> {
    const changed: Rule[] = await tx.query(
      `SELECT kind, enabled, raise_at::float8 AS "raiseAt", clear_at::float8 AS "clearAt" FROM alert_rules WHERE tenant_id = $1`,
      [PROVIDER_TENANT],
    );
    return ALERT_KINDS.map((kind) => {
      const { raiseAt, clearAt } = KINDS[kind];
      return changed.find((rule) => rule.kind === kind) ?? { kind, enabled: true, raiseAt, clearAt };
    });
  }

  /** In the provider's scope. */
  async change(tx: Tx, { kind, enabled, raiseAt, clearAt }: Rule): Promise<void> {
    await tx.query(
      `INSERT INTO alert_rules (tenant_id, kind, enabled, raise_at, clear_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id, kind) DO UPDATE SET enabled = excluded.enabled, raise_at = excluded.raise_at,
         clear_at = excluded.clear_at, updated_at = excluded.updated_at`,
      [PROVIDER_TENANT, kind, enabled, raiseAt, clearAt, this.clock.now()],
    );
  }

  /** Newest first. */
  async list(
    tx: Tx,
    page: { open?: boolean | undefined; before?: string | undefined; limit: number },
  ): Promise<Alert[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM alerts
        WHERE ($1::boolean IS NULL OR (cleared_at IS NULL) = $1) AND ($2::uuid IS NULL OR alert_id < $2)
        ORDER BY alert_id DESC LIMIT $3`,
      [page.open ?? null, page.before ?? null, page.limit],
    );
  }

  async find(tx: Tx, alertId: string): Promise<Alert | undefined> {
    const [alert]: Alert[] = await tx.query(`SELECT ${COLUMNS} FROM alerts WHERE alert_id = $1`, [alertId]);
    return alert;
  }

  /** Those that are going on. */
  async open(tx: Tx): Promise<Alert[]> {
    return tx.query(`SELECT ${COLUMNS} FROM alerts WHERE cleared_at IS NULL`);
  }

  /** Those of which the beginning or the end is still to be told in a way, oldest first. */
  async untold(way: AlertWay, limit: number): Promise<Alert[]> {
    const { raised, cleared } = TOLD[way];
    return this.db.asStaff((tx) =>
      tx.query(
        `SELECT ${COLUMNS} FROM alerts
          WHERE ${raised} IS NULL OR (cleared_at IS NOT NULL AND ${cleared} IS NULL)
          ORDER BY alert_id LIMIT $1`,
        [limit],
      ),
    );
  }

  /** Begins an occurrence; one that somebody else has just begun goes on. */
  async raise(tenantId: string, kind: AlertKind, subject: string, value: number): Promise<void> {
    const now = this.clock.now();
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `INSERT INTO alerts (tenant_id, alert_id, kind, subject, value, raised_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant_id, kind, subject) WHERE cleared_at IS NULL DO NOTHING`,
        [tenantId, newId(now), kind, subject, value, now],
      ),
    );
  }

  async clear({ tenantId, id }: Alert): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query('UPDATE alerts SET cleared_at = $3 WHERE tenant_id = $1 AND alert_id = $2 AND cleared_at IS NULL', [
        tenantId,
        id,
        this.clock.now(),
      ]),
    );
  }

  /** It became worse. */
  async worsen({ tenantId, id }: Alert, value: number): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query('UPDATE alerts SET value = greatest(value, $3) WHERE tenant_id = $1 AND alert_id = $2', [
        tenantId,
        id,
        value,
      ]),
    );
  }

  async told({ tenantId, id }: Alert, way: AlertWay, what: 'raised' | 'cleared'): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(`UPDATE alerts SET ${TOLD[way][what]} = $3 WHERE tenant_id = $1 AND alert_id = $2`, [
        tenantId,
        id,
        this.clock.now(),
      ]),
    );
  }

  /** In the scope of its tenant. @returns false when somebody has it already */
  async acknowledge(tx: Tx, { tenantId, id }: Alert, who: string): Promise<boolean> {
    const [, rows] = await tx.query(
      `UPDATE alerts SET acknowledged_by = $3, acknowledged_at = $4
        WHERE tenant_id = $1 AND alert_id = $2 AND acknowledged_at IS NULL`,
      [tenantId, id, who, this.clock.now()],
    );
    return rows > 0;
  }
}
