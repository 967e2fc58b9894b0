import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { askingMeta, CatalogueAccess } from './catalogue-access.js';
import { CatalogueAtMeta } from './catalogue-at-meta.js';
import { Products } from './products.js';

/** Compares a catalogue with what Meta lists. */
@Injectable()
export class ReadBack {
  constructor(
    private readonly db: Database,
    private readonly access: CatalogueAccess,
    private readonly meta: CatalogueAtMeta,
    private readonly products: Products,
  ) {}

  /**
   * @returns how many are listed there, which of ours were missing (they go into the next batch), and which nobody here knows
   * @throws Refusal
   */
  async read(tenantId: string, catalogueId: string): Promise<{ listed: number; missing: string[]; unknown: string[] }> {
    const at = await this.access.to(tenantId, catalogueId);
    if (!at) throw Refusal.conflict('Meta no longer lets us act for the account of this catalogue. Connect it again.');
    const listed = await askingMeta(this.meta.read(at.catalogue.metaCatalogId, at.token));
    const ids = listed.map((product) => product.retailer_id);
    return this.db.inTenant(tenantId, async (tx) => {
      const missing = await this.products.missing(tx, tenantId, catalogueId, ids);
      const own = new Set(await this.products.known(tx, tenantId, catalogueId, ids));
      return { listed: ids.length, missing, unknown: ids.filter((id) => !own.has(id)) };
    });
  }
}
