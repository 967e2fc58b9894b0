import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { CsvPiece } from './cut-csv.js';
import type { ImportPlan } from './import-plan.js';

/** `receiving` its file, `waiting` for its rows to be taken in, or at one of the ends. */
export type ImportState = 'receiving' | 'waiting' | 'done' | 'failed' | 'cancelled';

export interface ContactImport {
  importId: string;
  name: string | null;
  state: ImportState;
  /** Why it failed. */
  reason: string | null;
  plan: ImportPlan;
  bytes: number;
  rows: number;
  rowsDone: number;
  created: number;
  updated: number;
  refused: number;
  madeBy: string;
  finishedAt: Date | null;
}

export interface RefusedRow {
  /** The header is row 0. */
  row: number;
  reason: string;
  /** As it stands in the file. */
  content: string;
}

const COLUMNS = `import_id AS "importId", name, state, reason, plan, bytes::float8 AS bytes, rows::float8 AS rows,
  rows_done::float8 AS "rowsDone", created::float8 AS created, updated::float8 AS updated, refused::float8 AS refused,
  made_by AS "madeBy", finished_at AS "finishedAt"`;

/** Files of contacts on their way in, piece by piece. The one writer of imports, their pieces and what was refused of them. */
@Injectable()
export class ContactImports {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async begin(
    tenantId: string,
    { name, plan, madeBy }: { name: string | undefined; plan: ImportPlan; madeBy: string },
  ): Promise<string> {
    const now = this.clock.now();
    const importId = newId(now);
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `INSERT INTO contact_imports (tenant_id, import_id, name, state, plan, made_by, touched_at)
         VALUES ($1, $2, $3, 'receiving', $4, $5, $6)`,
        [tenantId, importId, name ?? null, JSON.stringify(plan), madeBy, now],
      ),
    );
    return importId;
  }

  /** Keeps a piece; what was kept of a file that never came to its end is taken in by nobody. */
  async keep(tenantId: string, importId: string, nth: number, { bytes, firstRow, rows }: CsvPiece): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      await tx.query(
        `INSERT INTO contact_import_pieces (tenant_id, import_id, nth, first_row, bytes) VALUES ($1, $2, $3, $4, $5)`,
        [tenantId, importId, nth, firstRow, bytes],
      );
      await tx.query(
        `UPDATE contact_imports SET bytes = bytes + $3, rows = rows + $4, touched_at = $5
          WHERE tenant_id = $1 AND import_id = $2`,
        [tenantId, importId, bytes.length, rows, this.clock.now()],
      );
    });
  }

  /** Moves an import that is not at its end. @returns false when it is, or does not exist */
  async move(
    tx: Tx,
    tenantId: string,
    importId: string,
    to: Exclude<ImportState, 'receiving'>,
    reason?: string,
  ): Promise<boolean> {
    const now = this.clock.now();
    const [, count] = await tx.query(
      `UPDATE contact_imports SET state = $3, reason = $4, touched_at = $5, finished_at = $6
        WHERE tenant_id = $1 AND import_id = $2 AND state IN ('receiving', 'waiting')`,
      [tenantId, importId, to, reason ?? null, now, to === 'waiting' ? null : now],
    );
    if (count > 0 && to !== 'waiting') {
      await tx.query('DELETE FROM contact_import_pieces WHERE tenant_id = $1 AND import_id = $2', [tenantId, importId]);
    }
    return count > 0;
  }

  /** Fails those whose sender has hung up without a word. */
  async giveUpReceiving(tenantId: string, importId: string, silentSince: Date): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const [found]: unknown[] = await tx.query(
        `SELECT 1 FROM contact_imports WHERE tenant_id = $1 AND import_id = $2 AND state = 'receiving' AND touched_at < $3
            FOR UPDATE`,
        [tenantId, importId, silentSince],
      );
      if (found) await this.move(tx, tenantId, importId, 'failed', 'The file did not come to its end. Send it again.');
    });
  }

  /**
   * Takes the next piece of an import away; it is done when the caller's transaction commits.
   *
   * @returns undefined when none is left, or the import does not wait any more
   */
  async takePiece(tx: Tx, tenantId: string, importId: string): Promise<Omit<CsvPiece, 'rows'> | undefined> {
    const [held]: unknown[] = await tx.query(
      `SELECT 1 FROM contact_imports WHERE tenant_id = $1 AND import_id = $2 AND state = 'waiting' FOR UPDATE`,
      [tenantId, importId],
    );
    if (!held) return undefined;
    const [rows] = (await tx.query(
      `DELETE FROM contact_import_pieces WHERE tenant_id = $1 AND import_id = $2 AND nth =
         (SELECT min(nth) FROM contact_import_pieces WHERE tenant_id = $1 AND import_id = $2)
       RETURNING first_row::float8 AS "firstRow", bytes`,
      [tenantId, importId],
    )) as [{ firstRow: number; bytes: Buffer }[], number];
    return rows[0];
  }

  async progress(
    tx: Tx,
    tenantId: string,
    importId: string,
    done: { rows: number; created: number; updated: number; refused: readonly RefusedRow[] },
  ): Promise<void> {
    await tx.query(
      `UPDATE contact_imports SET rows_done = rows_done + $3, created = created + $4, updated = updated + $5,
              refused = refused + $6, touched_at = $7
        WHERE tenant_id = $1 AND import_id = $2`,
      [tenantId, importId, done.rows, done.created, done.updated, done.refused.length, this.clock.now()],
    );
    if (done.refused.length === 0) return;
    await tx.query(
      `INSERT INTO contact_import_refusals (tenant_id, import_id, row, reason, content)
       SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[])`,
      [
        tenantId,
        importId,
        done.refused.map((r) => r.row),
        done.refused.map((r) => r.reason),
        done.refused.map((r) => r.content),
      ],
    );
  }

  async find(tx: Tx, tenantId: string, importId: string): Promise<ContactImport | undefined> {
    const [found]: ContactImport[] = await tx.query(
      `SELECT ${COLUMNS} FROM contact_imports WHERE tenant_id = $1 AND import_id = $2`,
      [tenantId, importId],
    );
    return found;
  }

  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<ContactImport[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM contact_imports WHERE tenant_id = $1 AND ($2::uuid IS NULL OR import_id < $2)
        ORDER BY import_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** Rows that were refused, in the order of the file, after one of them. */
  async refusals(tenantId: string, importId: string, after: number, limit: number): Promise<RefusedRow[]> {
    return this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT row::float8 AS row, reason, content FROM contact_import_refusals
          WHERE tenant_id = $1 AND import_id = $2 AND row > $3 ORDER BY row LIMIT $4`,
        [tenantId, importId, after, limit],
      ),
    );
  }

  /** Imports of all tenants that are not at their end, the oldest first. */
  open(): Promise<{ tenantId: string; importIds: string[] }[]> {
    return this.db.query(
      `SELECT tenant_id AS "tenantId", array_agg(import_id::text ORDER BY import_id) AS "importIds"
         FROM door_open_imports() GROUP BY tenant_id`,
    );
  }
}
