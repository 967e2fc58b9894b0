import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';

/** How long a tenant keeps what its messages say. */
export interface Retention {
  tenantId: string;
  bodyDays: number;
  goneUntil: Date | null;
  /** Hours before `goneUntil` of which something still waited, whose body is to go when it has ended. */
  late: Date[];
}

/** The one writer of retentions; as staff. */
@Injectable()
export class Retentions {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns days; null for a tenant that keeps bodies for good */
  async of(tx: Tx, tenantId: string): Promise<number | null> {
    const [row]: { body_days: number }[] = await tx.query('SELECT body_days FROM retentions WHERE tenant_id = $1', [
      tenantId,
    ]);
    return row?.body_days ?? null;
  }

  /** @param bodyDays 1 to 3650; null: for good */
  async set(tx: Tx, tenantId: string, bodyDays: number | null): Promise<void> {
    if (bodyDays === null) {
      await tx.query('DELETE FROM retentions WHERE tenant_id = $1', [tenantId]);
      return;
    }
    await tx.query(
      `INSERT INTO retentions (tenant_id, body_days, updated_at) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET body_days = excluded.body_days, updated_at = excluded.updated_at`,
      [tenantId, bodyDays, this.clock.now()],
    );
  }

  /** Every tenant with a rule. */
  all(): Promise<Retention[]> {
    return this.db.asStaff((tx) =>
      tx.query(
        'SELECT tenant_id AS "tenantId", body_days AS "bodyDays", gone_until AS "goneUntil", late FROM retentions',
      ),
    );
  }

  async goneUntil(tx: Tx, tenantId: string, until: Date): Promise<void> {
    await tx.query('UPDATE retentions SET gone_until = $2 WHERE tenant_id = $1', [tenantId, until]);
  }
  /** Adds hours to those that are gone through again. */
  async late(tx: Tx, tenantId: string, hours: readonly Date[]): Promise<void> {
    await tx.query(
      `UPDATE retentions SET late = ARRAY(SELECT DISTINCT hour FROM unnest(late || $2::timestamptz[]) AS hour ORDER BY hour)
        WHERE tenant_id = $1`,
      [tenantId, hours],
    );
  }

  /** Takes hours away from them. Several workers may be at it, so no other hour is touched. */
  async notLate(tenantId: string, hours: readonly Date[]): Promise<void> {
    if (hours.length === 0) return;
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `UPDATE retentions SET late = ARRAY(SELECT hour FROM unnest(late) AS hour WHERE hour <> ALL ($2::timestamptz[]))
          WHERE tenant_id = $1`,
        [tenantId, hours],
      ),
    );
  }
}
