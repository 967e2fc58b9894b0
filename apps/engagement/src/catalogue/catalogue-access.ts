import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { type Catalogue, Catalogues } from './catalogues.js';

/** With what Meta is asked about a catalogue: the business token of its account. */
@Injectable()
export class CatalogueAccess {
  constructor(
    private readonly db: Database,
    private readonly catalogues: Catalogues,
    private readonly wabas: Wabas,
  ) {}

  /** @returns undefined when there is no such catalogue, or Meta no longer lets us act for its account */
  async to(tenantId: string, catalogueId: string): Promise<{ catalogue: Catalogue; token: string } | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const catalogue = await this.catalogues.find(tx, tenantId, catalogueId);
      const waba = catalogue && (await this.wabas.waba(tx, tenantId, { wabaId: catalogue.wabaId }));
      const token = waba ? this.wabas.tokenOf(waba) : undefined;
      return catalogue && token ? { catalogue, token } : undefined;
    });
  }
}

/** Asks Meta for somebody who waits. @throws Refusal in place of Meta's no, or of its silence */
export async function askingMeta<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof TransportRefusal) {
      throw new Refusal(422, 'meta_refused', `Meta refused: ${error.details ?? error.message}`);
    }
    if (error instanceof TransportUnreachable) {
      throw new Refusal(503, 'meta_unreachable', 'Meta does not answer. Try again.', { retryAfterSeconds: 30 });
    }
    throw error;
  }
}
