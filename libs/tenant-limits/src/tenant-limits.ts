import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import { KINDS, LIMIT_KINDS, type LimitKind, whyNoRoom } from './limit-kinds.js';

/** A limit and what is used of it. */
export interface LimitUse {
  what: LimitKind;
  /** Null: there is no limit. */
  most: number | null;
  used: number;
}

/** The one writer of tenant_limits. */
@Injectable()
export class TenantLimits {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Every kind with what is used of it. */
  async of(tx: Tx, tenantId: string): Promise<LimitUse[]> {
    const uses: LimitUse[] = [];
    for (const what of LIMIT_KINDS) {
      const most = await mostOf(tx, tenantId, what);
      uses.push({ what, most: most ?? null, used: await usedOf(tx, tenantId, what) });
    }
    return uses;
  }

  /** @param most null: no limit. As staff. */
  async set(tx: Tx, tenantId: string, what: LimitKind, most: number | null): Promise<void> {
    if (most === null) {
      await tx.query('DELETE FROM tenant_limits WHERE tenant_id = $1 AND what = $2', [tenantId, what]);
      return;
    }
    await tx.query(
      `INSERT INTO tenant_limits (tenant_id, what, most, set_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, what) DO UPDATE SET most = excluded.most, set_at = excluded.set_at`,
      [tenantId, what, most, this.clock.now()],
    );
  }

  /**
   * Asks whether more fits, in the transaction in which it is added: until that ends nobody else of the tenant is told yes, so
   * two who ask at once never both take the last place.
   *
   * @throws Refusal 403 that names the limit, what is used, and when there is room
   */
  async mustFit(tx: Tx, tenantId: string, what: LimitKind, more: number): Promise<void> {
    if ((await mostOf(tx, tenantId, what)) === undefined) return;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`tenant limit ${tenantId} ${what}`]);
    const why = whyNoRoom(what, await mostOf(tx, tenantId, what), await usedOf(tx, tenantId, what), more);
    if (why !== undefined) throw new Refusal(403, 'limit_reached', why);
  }
}

async function mostOf(tx: Tx, tenantId: string, what: LimitKind): Promise<number | undefined> {
  const [row] = await tx.query('SELECT most FROM tenant_limits WHERE tenant_id = $1 AND what = $2', [tenantId, what]);
  return row && Number(row.most);
}

async function usedOf(tx: Tx, tenantId: string, what: LimitKind): Promise<number> {
  const [row] = await tx.query(KINDS[what].used, [tenantId]);
  return Number(row.used);
}
