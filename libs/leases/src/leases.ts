import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, kept, type Tx } from '#libs/persistence';

export const LEASE_SECONDS = 15;
const VALID_MS = (LEASE_SECONDS - 3) * 1_000;
/** When a lane is looked at again that another process was at, or that lost its lease. */
const TRY_AGAIN_MS = 1_000;

const TAKE = kept(`
  INSERT INTO lane_leases (tenant_id, lane, holder, until)
  VALUES ($1, $2, $3, now() + make_interval(secs => $4))
  ON CONFLICT (tenant_id, lane) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE lane_leases.holder = excluded.holder OR lane_leases.until < now()
  RETURNING 1`);
const GIVE_BACK = kept('DELETE FROM lane_leases WHERE tenant_id = $1 AND lane = $2 AND holder = $3');

/**
 * Who drains a lane. A job in Redis only wakes a worker; the right to drain is a row in PostgreSQL, in the database's
 * time, so two jobs that were both woken (a stalled job, a flushed Redis, a timer) never drain one lane at once, whether
 * two processes run them or one.
 */
@Injectable()
export class Leases {
  /** This process, for as long as it lives. */
  private readonly holder = randomUUID();
  /** Lanes that this process drains now: the row tells processes apart, not two jobs of one process. */
  private readonly draining = new Set<string>();

  constructor(private readonly db: Database) {}

  /**
   * Runs work while holding the lane's lease; the lease is prolonged while work lasts and given back afterwards.
   *
   * @param work  is told whether it still holds the lease; it must ask before each batch
   * @param first what comes before the work, in the transaction that takes the lease
   * @returns what work returned, or 'held-by-another' without running it
   */
  async hold<T>(
    tenantId: string,
    lane: string,
    work: (stillMine: () => boolean) => Promise<T>,
    first?: (tx: Tx) => Promise<void>,
  ): Promise<T | 'held-by-another'> {
    const key = `${tenantId} ${lane}`;
    if (this.draining.has(key)) return 'held-by-another';
    this.draining.add(key);
    try {
      return await this.holdAlone(tenantId, lane, work, first);
    } finally {
      this.draining.delete(key);
    }
  }

  /**
   * Takes batch after batch out of a lane, for as long as its lease and its turn last.
   *
   * @param turn  `Turn` of libs/queues
   * @param batch works on what is next; returns whether there may be more
   * @returns what `Wake.run` asks of a drain: in how many ms the lane has work again, 0 for now; undefined when it is empty
   */
  async drain(
    tenantId: string,
    lane: string,
    turn: { isOver(): boolean },
    batch: () => Promise<boolean>,
  ): Promise<number | undefined> {
    const drained = await this.hold(tenantId, lane, async (stillMine) => {
      while (stillMine() && !turn.isOver()) if (!(await batch())) return 'empty';
      return 'more';
    });
    if (drained === 'empty') return undefined;
    return turn.isOver() ? 0 : TRY_AGAIN_MS;
  }

  private async holdAlone<T>(
    tenantId: string,
    lane: string,
    work: (stillMine: () => boolean) => Promise<T>,
    first?: (tx: Tx) => Promise<void>,
  ): Promise<T | 'held-by-another'> {
    // Valid until a little before the row says so, which counts from some moment after the question.
    const askedAt = performance.now();
    if (!(await this.take(tenantId, lane, first))) return 'held-by-another';
    let validUntil = askedAt + VALID_MS;
    const prolong = setInterval(
      () => {
        const askedAgainAt = performance.now();
        this.take(tenantId, lane)
          .then((held) => {
            validUntil = held ? askedAgainAt + VALID_MS : 0;
          })
          .catch(() => {});
      },
      (LEASE_SECONDS / 3) * 1_000,
    );
    prolong.unref();
    try {
      return await work(() => performance.now() < validUntil);
    } finally {
      clearInterval(prolong);
      await this.giveBack(tenantId, lane).catch(() => {});
    }
  }

  private take(tenantId: string, lane: string, first?: (tx: Tx) => Promise<void>): Promise<boolean> {
    return this.db.inTenant(
      tenantId,
      async (tx) => {
        const taken: unknown[] = await tx.query(TAKE, [tenantId, lane, this.holder, LEASE_SECONDS]);
        if (taken.length > 0) await first?.(tx);
        return taken.length > 0;
      },
      'kept',
    );
  }

  private async giveBack(tenantId: string, lane: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) => tx.query(GIVE_BACK, [tenantId, lane, this.holder]), 'kept');
  }
}
