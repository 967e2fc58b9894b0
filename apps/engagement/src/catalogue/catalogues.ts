import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';

/** A commerce catalogue of Meta's that is filled from here. */
export interface Catalogue {
  catalogueId: string;
  wabaId: string;
  metaCatalogId: string;
  name: string;
  /** Why Meta did not take the last batch. */
  problem: string | null;
  /** When Meta last finished a batch. */
  syncedAt: Date | null;
  createdAt: Date;
}

/** Products that Meta has and has not said the last word on. */
export interface CatalogueBatch {
  batchId: string;
  handle: string;
}

const COLUMNS = `catalogue_id AS "catalogueId", waba_id AS "wabaId", meta_catalog_id AS "metaCatalogId", name, problem,
  synced_at AS "syncedAt", created_at AS "createdAt"`;

/** The one writer of catalogues and of the batches that are on their way. */
@Injectable()
export class Catalogues {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns undefined when it is connected already */
  async add(
    tx: Tx,
    tenantId: string,
    given: { wabaId: string; metaCatalogId: string; name: string; madeBy: string },
  ): Promise<Catalogue | undefined> {
    const now = this.clock.now();
    const [catalogue]: Catalogue[] = await tx.query(
      `INSERT INTO catalogues (tenant_id, catalogue_id, waba_id, meta_catalog_id, name, made_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [tenantId, newId(now), given.wabaId, given.metaCatalogId, given.name, given.madeBy, now],
    );
    return catalogue;
  }

  async find(tx: Tx, tenantId: string, catalogueId: string): Promise<Catalogue | undefined> {
    const [catalogue]: Catalogue[] = await tx.query(
      `SELECT ${COLUMNS} FROM catalogues WHERE tenant_id = $1 AND catalogue_id = $2`,
      [tenantId, catalogueId],
    );
    return catalogue;
  }

  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<Catalogue[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM catalogues WHERE tenant_id = $1 AND ($2::uuid IS NULL OR catalogue_id < $2)
        ORDER BY catalogue_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** Those of which products wait to be sent, or for what became of them. */
  async withWork(): Promise<{ tenantId: string; catalogueId: string }[]> {
    return this.db.query(
      'SELECT tenant_id AS "tenantId", catalogue_id AS "catalogueId" FROM door_catalogues_with_work($1)',
      [this.clock.now()],
    );
  }

  /** What Meta said to the last call; it is left alone for a while where it said no. */
  async noteProblem(
    tx: Tx,
    tenantId: string,
    catalogueId: string,
    problem: { text: string; restMs: number } | null,
  ): Promise<void> {
    const restUntil = problem && new Date(this.clock.now().getTime() + problem.restMs);
    await tx.query('UPDATE catalogues SET problem = $3, rest_until = $4 WHERE tenant_id = $1 AND catalogue_id = $2', [
      tenantId,
      catalogueId,
      problem?.text ?? null,
      restUntil,
    ]);
  }

  async openBatches(tx: Tx, tenantId: string, catalogueId: string): Promise<CatalogueBatch[]> {
    return tx.query(
      `SELECT batch_id AS "batchId", handle FROM catalogue_batches
        WHERE tenant_id = $1 AND catalogue_id = $2 AND settled_at IS NULL ORDER BY batch_id`,
      [tenantId, catalogueId],
    );
  }

  async addBatch(tx: Tx, tenantId: string, catalogueId: string, handle: string): Promise<string> {
    const now = this.clock.now();
    const batchId = newId(now);
    await tx.query(
      'INSERT INTO catalogue_batches (tenant_id, batch_id, catalogue_id, handle, sent_at) VALUES ($1, $2, $3, $4, $5)',
      [tenantId, batchId, catalogueId, handle, now],
    );
    return batchId;
  }

  async settleBatch(tx: Tx, tenantId: string, catalogueId: string, batchId: string): Promise<void> {
    const now = this.clock.now();
    await tx.query('UPDATE catalogue_batches SET settled_at = $3 WHERE tenant_id = $1 AND batch_id = $2', [
      tenantId,
      batchId,
      now,
    ]);
    await tx.query('UPDATE catalogues SET synced_at = $3 WHERE tenant_id = $1 AND catalogue_id = $2', [
      tenantId,
      catalogueId,
      now,
    ]);
  }
}
