import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Leases } from '#libs/leases';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { batchRequests } from './batch-requests.js';
import { CatalogueAccess } from './catalogue-access.js';
import { CatalogueAtMeta } from './catalogue-at-meta.js';
import { type Catalogue, Catalogues } from './catalogues.js';
import { Products } from './products.js';

// Meta counts calls for batches by catalogue and hour (error 80014): few large ones, and some patience in between.
const LOOK_EVERY_MS = 5_000;
/** Meta takes 5,000 (Catalog Batch API, read 2026-11-22). */
const BATCH = 5_000;
const REST_AFTER_REFUSAL_S = 300;
const REST_AFTER_SILENCE_MS = 30_000;

/** Brings products to Meta and learns what became of them. Batches may be sent twice, so whoever is killed leaves no harm. */
@Injectable()
export class SyncCatalogues implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly catalogues: Catalogues,
    private readonly products: Products,
    private readonly meta: CatalogueAtMeta,
    private readonly access: CatalogueAccess,
    private readonly leases: Leases,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('catalogues', LOOK_EVERY_MS, async () => {
      for (const { tenantId, catalogueId } of await this.catalogues.withWork()) {
        // What fails for one catalogue is tried again, and holds up no other.
        await this.sync(tenantId, catalogueId).catch((err) =>
          this.logger.error({ err, tenantId, catalogueId }, 'a catalogue stumbled'),
        );
      }
    });
  }

  /** Asks after the batches under way and sends the next; another process may be at it already. */
  async sync(tenantId: string, catalogueId: string): Promise<void> {
    await this.leases.hold(tenantId, `catalogue:${catalogueId}`, async () => {
      const at = await this.access.to(tenantId, catalogueId);
      if (!at) return;
      try {
        await this.settle(tenantId, at.catalogue, at.token);
        await this.sendNext(tenantId, at.catalogue, at.token);
      } catch (error) {
        const problem = problemOf(error);
        if (!problem) throw error;
        await this.db.inTenant(tenantId, (tx) => this.catalogues.noteProblem(tx, tenantId, catalogueId, problem));
      }
    });
  }

  private async settle(tenantId: string, { catalogueId, metaCatalogId }: Catalogue, token: string): Promise<void> {
    const open = await this.db.inTenant(tenantId, (tx) => this.catalogues.openBatches(tx, tenantId, catalogueId));
    for (const { batchId, handle } of open) {
      const { finished, refused, failed } = await this.meta.statusOf(metaCatalogId, handle, token);
      if (!finished) continue;
      await this.db.inTenant(tenantId, async (tx) => {
        await this.products.settle(tx, tenantId, batchId, refused, failed);
        await this.catalogues.settleBatch(tx, tenantId, catalogueId, batchId);
      });
    }
  }

  private async sendNext(tenantId: string, { catalogueId, metaCatalogId }: Catalogue, token: string): Promise<void> {
    const products = await this.db.inTenant(tenantId, (tx) => this.products.toSend(tx, tenantId, catalogueId, BATCH));
    if (products.length === 0) return;
    const { handle, refused } = await this.meta.send(metaCatalogId, batchRequests(products), token);
    await this.db.inTenant(tenantId, async (tx) => {
      await this.catalogues.noteProblem(tx, tenantId, catalogueId, null);
      await this.products.refuse(tx, tenantId, catalogueId, products, refused);
      // Without a handle nothing of the batch was taken, and each product of it was refused above.
      if (handle === undefined) return;
      const batchId = await this.catalogues.addBatch(tx, tenantId, catalogueId, handle);
      const taken = products.filter((product) => !refused.has(product.retailerId));
      await this.products.sent(tx, tenantId, catalogueId, batchId, taken);
    });
  }
}

/** What went wrong at Meta, in words for the merchant, and how long Meta is left alone; undefined for mistakes of ours. */
function problemOf(error: unknown): { text: string; restMs: number } | undefined {
  if (error instanceof TransportRefusal) {
    const seconds = error.retryAfterSeconds ?? REST_AFTER_REFUSAL_S;
    return { text: error.details ?? error.message, restMs: seconds * 1_000 };
  }
  return error instanceof TransportUnreachable
    ? { text: 'Meta did not answer.', restMs: REST_AFTER_SILENCE_MS }
    : undefined;
}
