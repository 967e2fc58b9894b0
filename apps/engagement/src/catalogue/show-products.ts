import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Contacts } from '#libs/contacts';
import { GatewayClient } from '#libs/gateway-client';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { ServiceRefused, ServiceUnreachable } from '#libs/service-calls';
import { addressOf } from '../contacts/address-of.js';
import { Catalogues } from './catalogues.js';
import { type ProductTexts, productMessage } from './product-message.js';
import { Products } from './products.js';
import { Recommendations } from './recommendations.js';

export interface ProductsToShow extends ProductTexts {
  metaPhoneNumberId: string;
  contactId: string;
  retailerIds?: readonly string[] | undefined;
  /** So many that are recommended, instead of ids. */
  recommended?: number | undefined;
}

/** Shows products to a customer; the gateway decides whether the message may go. */
@Injectable()
export class ShowProducts {
  constructor(
    private readonly db: Database,
    private readonly catalogues: Catalogues,
    private readonly products: Products,
    private readonly recommendations: Recommendations,
    private readonly contacts: Contacts,
    private readonly gateway: GatewayClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal */
  async show(
    tenantId: string,
    catalogueId: string,
    asked: ProductsToShow,
  ): Promise<{ id: string; ref: string; shown: string[] }> {
    const { shown, body } = await this.prepare(tenantId, catalogueId, asked);
    const id = newId(this.clock.now());
    const origin = { kind: 'catalogue', id: catalogueId } as const;
    try {
      const [outcome] = await this.gateway.send(tenantId, asked.metaPhoneNumberId, [{ id, body, origin }]);
      if (outcome && 'ref' in outcome) return { id, ref: outcome.ref, shown };
      const refusal = outcome?.refusal;
      throw new Refusal(422, refusal?.reason ?? 'refused', refusal?.details ?? refusal?.title ?? 'Refused.');
    } catch (error) {
      if (error instanceof ServiceRefused) throw new Refusal(error.status, error.code, error.message);
      if (error instanceof ServiceUnreachable) {
        throw new Refusal(
          503,
          'gateway_unreachable',
          'It is not known whether the message was taken; see the log of messages.',
        );
      }
      throw error;
    }
  }

  private async prepare(tenantId: string, catalogueId: string, asked: ProductsToShow) {
    return this.db.inTenant(tenantId, async (tx) => {
      const catalogue = await this.catalogues.find(tx, tenantId, catalogueId);
      if (!catalogue) throw Refusal.notFound('catalogue');
      const contact = await this.contacts.find(tx, tenantId, asked.contactId);
      if (!contact) throw Refusal.notFound('contact');
      const address = addressOf(contact.identifiers);
      if (!address) throw Refusal.invalid('contact_id: has neither a number nor a user id.');
      const { recommended, retailerIds: given = [], contactId } = asked;
      const ids =
        recommended === undefined
          ? given
          : (await this.recommendations.of(tx, tenantId, { catalogueId, contactId, limit: recommended })).map(
              (r) => r.retailerId,
            );
      if (recommended !== undefined && ids.length === 0) {
        throw Refusal.conflict('recommended: nothing has been sold yet that could be recommended to this contact.');
      }
      const shown = (await this.products.showable(tx, tenantId, catalogueId, ids)).map((p) => p.retailerId);
      const absent = ids.filter((id) => !shown.includes(id));
      if (absent.length > 0) throw Refusal.invalid(`retailer_ids: not in this catalogue: ${absent.join(', ')}.`);
      if (shown.length !== 1 && !asked.body) throw Refusal.invalid('body: is needed unless one product is shown.');
      const message = productMessage(catalogue.metaCatalogId, shown, asked, catalogue.name);
      return { shown, body: { ...address, ...message } };
    });
  }
}
