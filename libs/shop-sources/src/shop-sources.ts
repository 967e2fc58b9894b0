import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';

export const SHOP_SYSTEMS = ['shopify', 'woocommerce'] as const;
export type ShopSystem = (typeof SHOP_SYSTEMS)[number];

/** A shop that posts webhooks to us. */
export interface ShopSource {
  sourceId: string;
  kind: ShopSystem;
  name: string;
  createdAt: Date;
  /** When it last posted something that was signed as it should be. */
  lastHeardAt: Date | null;
}

const COLUMNS = 'source_id AS "sourceId", kind, name, created_at AS "createdAt", last_heard_at AS "lastHeardAt"';
const context = (sourceId: string) => `shop-secret:${sourceId}`;

/** The one writer of shop sources. */
@Injectable()
export class ShopSources {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param given `secret`: what the shop system signs its webhooks with; sealed before it is stored */
  async add(
    tx: Tx,
    tenantId: string,
    given: { kind: ShopSystem; name: string; secret: string; madeBy: string },
  ): Promise<ShopSource> {
    const now = this.clock.now();
    const sourceId = newId(now);
    const sealed = this.vault.seal(given.secret, context(sourceId));
    await tx.query(
      `INSERT INTO shop_sources (tenant_id, source_id, kind, name, sealed_secret, made_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tenantId, sourceId, given.kind, given.name, sealed, given.madeBy, now],
    );
    return { sourceId, kind: given.kind, name: given.name, createdAt: now, lastHeardAt: null };
  }

  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<ShopSource[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM shop_sources WHERE tenant_id = $1 AND ($2::uuid IS NULL OR source_id < $2)
        ORDER BY source_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** @returns false when there is no such source */
  async remove(tx: Tx, tenantId: string, sourceId: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM shop_sources WHERE tenant_id = $1 AND source_id = $2', [
      tenantId,
      sourceId,
    ]);
    return count > 0;
  }

  /** Disconnects every shop, in the caller's transaction. @returns how many there were */
  async removeAll(tx: Tx, tenantId: string): Promise<number> {
    const [, count] = await tx.query('DELETE FROM shop_sources WHERE tenant_id = $1', [tenantId]);
    return count;
  }

  /** Whose source this is; undefined for one that nobody has, or whose tenant is not active. */
  async tenantOf(sourceId: string): Promise<string | undefined> {
    const [row] = await this.db.query<{ tenant_id: string }>('SELECT tenant_id FROM door_shop_source($1)', [sourceId]);
    return row?.tenant_id;
  }

  /** The source and what its webhooks are signed with. */
  async withSecret(
    tx: Tx,
    tenantId: string,
    sourceId: string,
  ): Promise<{ kind: ShopSystem; secret: string } | undefined> {
    const [row]: { kind: ShopSystem; sealed_secret: string }[] = await tx.query(
      'SELECT kind, sealed_secret FROM shop_sources WHERE tenant_id = $1 AND source_id = $2',
      [tenantId, sourceId],
    );
    return row && { kind: row.kind, secret: this.vault.open(row.sealed_secret, context(sourceId)) };
  }

  async heard(tx: Tx, tenantId: string, sourceId: string): Promise<void> {
    await tx.query('UPDATE shop_sources SET last_heard_at = $3 WHERE tenant_id = $1 AND source_id = $2', [
      tenantId,
      sourceId,
      this.clock.now(),
    ]);
  }
}
