import { Injectable } from '@nestjs/common';
import { Coalescer, Database } from '#libs/persistence';
import { routesOf } from '#libs/wabas';
import { type RouteId, routeText } from './changes-of.js';

// An id of Meta's belongs to one tenant and rarely moves; so long may a move go unnoticed. Ids that nobody has are asked
// for again each time, so a number that was just connected is found at once.
const REMEMBER_MS = 10_000;
const REMEMBER_AT_MOST = 100_000;

/** Finds the tenant of a change by Meta's ids; webhooks of the moment ask together. */
@Injectable()
export class RouteDirectory {
  private readonly remembered = new Map<string, { tenantId: string; until: number }>();
  private readonly asking = new Coalescer<RouteId, string | undefined>(async (ids) => {
    const found = await routesOf(this.db, ids);
    return ids.map((id) => found.get(routeText(id))?.tenantId);
  });

  constructor(private readonly db: Database) {}

  /** The first of the ids that belongs to a tenant, and that tenant; undefined when none does. */
  async find(ids: readonly RouteId[]): Promise<{ tenantId: string; route: string } | undefined> {
    for (const id of ids) {
      const tenantId = await this.tenantOf(id);
      if (tenantId) return { tenantId, route: routeText(id) };
    }
    return undefined;
  }

  private async tenantOf(id: RouteId): Promise<string | undefined> {
    const key = routeText(id);
    const known = this.remembered.get(key);
    if (known && known.until > performance.now()) return known.tenantId;
    const tenantId = await this.asking.add(id);
    if (!tenantId) return undefined;
    if (this.remembered.size >= REMEMBER_AT_MOST) this.remembered.clear();
    this.remembered.set(key, { tenantId, until: performance.now() + REMEMBER_MS });
    return tenantId;
  }
}
