import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { askingMeta } from './catalogue-access.js';
import { CatalogueAtMeta } from './catalogue-at-meta.js';
import { type Catalogue, Catalogues } from './catalogues.js';

/** Connects a catalogue that Meta says is the account's: nobody fills somebody else's. */
@Injectable()
export class ConnectCatalogue {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly meta: CatalogueAtMeta,
    private readonly catalogues: Catalogues,
  ) {}

  /** @throws Refusal */
  async connect(
    tenantId: string,
    { metaWabaId, metaCatalogId, madeBy }: { metaWabaId: string; metaCatalogId: string; madeBy: string },
  ): Promise<Catalogue> {
    const waba = await this.db.inTenant(tenantId, (tx) => this.wabas.waba(tx, tenantId, { metaWabaId }));
    if (!waba) throw Refusal.notFound('WhatsApp Business account');
    const token = this.wabas.tokenOf(waba);
    if (!token) throw Refusal.conflict('waba_id: Meta no longer lets us act for this account. Connect it again.');
    const found = (await askingMeta(this.meta.connectedTo(metaWabaId, token))).find(({ id }) => id === metaCatalogId);
    if (!found) {
      throw Refusal.invalid(
        'meta_catalog_id: no catalogue with this id is connected to the account. Connect it in WhatsApp Manager first.',
      );
    }
    const name = found.name?.trim() || 'Catalogue';
    const given = { wabaId: waba.wabaId, metaCatalogId, name, madeBy };
    const catalogue = await this.db.inTenant(tenantId, (tx) => this.catalogues.add(tx, tenantId, given));
    if (!catalogue) throw Refusal.conflict('meta_catalog_id: is connected already.');
    return catalogue;
  }
}
