import { Injectable } from '@nestjs/common';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog } from '#libs/staff';
import { Vault } from '#libs/vault';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';

/** Rows that are read at a time. */
const BATCH = 500;

interface SealedRow {
  tenant: string | null;
  id: string;
  sealed: string;
}

/** What was done for one column. */
interface Done {
  resealed: number;
  /** Sealed under a key that is not in the ring, or altered; left as they are. */
  unreadable: number;
}

/**
 * Seals anew, under the current key of ENCRYPTION_KEYS, what an older one sealed. Whatever else is written meanwhile wins: a
 * row is changed only while it still holds what was read. Done twice, or by two workers at once, it ends the same.
 */
@Injectable()
export class SealAnew {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
  ) {}

  /** @returns rows of all columns; when there were any, the audit log says so, and its own end is signed anew with that */
  async run(): Promise<Done> {
    const sum: Done = { resealed: 0, unreadable: 0 };
    const byColumn: Record<string, number> = {};
    for (const column of SEALED_COLUMNS) {
      const { resealed, unreadable } = await this.column(column);
      sum.resealed += resealed;
      sum.unreadable += unreadable;
      if (resealed > 0) byColumn[`${column.table}.${column.column}`] = resealed;
    }
    if (sum.resealed > 0) {
      await this.db.inTenant(PROVIDER_TENANT, (tx) =>
        this.audit.record(tx, {
          who: 'admin-worker',
          action: 'secrets.reseal',
          object: `key:${this.vault.currentKeyId}`,
          after: byColumn,
          reason: 'the key was rotated',
        }),
      );
    }
    return sum;
  }

  private async column(column: SealedColumn): Promise<Done> {
    const done: Done = { resealed: 0, unreadable: 0 };
    let after: SealedRow | undefined;
    for (;;) {
      const rows = await this.stale(column, after);
      for (const row of rows) {
        const outcome = await this.reseal(column, row);
        if (outcome) done[outcome]++;
      }
      after = rows.at(-1);
      if (rows.length < BATCH) return done;
    }
  }

  private stale({ table, column, id, ofProvider }: SealedColumn, after: SealedRow | undefined): Promise<SealedRow[]> {
    const tenant = ofProvider ? 'NULL::uuid' : 'tenant_id';
    const place = ofProvider ? `(${id})::text` : `tenant_id::text || ' ' || ${id}::text`;
    return this.db.asStaff((tx) =>
      tx.query(
        `SELECT ${tenant} AS tenant, ${id}::text AS id, ${column} AS sealed FROM ${table}
          WHERE ${column} <> '' AND split_part(${column}, '.', 2) <> $1 AND ($2::text IS NULL OR ${place} > $2)
          ORDER BY ${place} LIMIT ${BATCH}`,
        [this.vault.currentKeyId, after ? (ofProvider ? after.id : `${after.tenant} ${after.id}`) : null],
      ),
    );
  }

  /** @returns undefined when somebody else has written the row meanwhile */
  private async reseal(where: SealedColumn, row: SealedRow): Promise<keyof Done | undefined> {
    const { table, column, id } = where;
    const context = where.context(row.id, row.tenant ?? '');
    let anew: string;
    try {
      anew = this.vault.seal(this.vault.open(row.sealed, context), context);
    } catch {
      return 'unreadable';
    }
    const write = async (tx: Tx): Promise<number> =>
      (
        await tx.query(`UPDATE ${table} SET ${column} = $1 WHERE ${id} = $2 AND ${column} = $3`, [
          anew,
          row.id,
          row.sealed,
        ])
      )[1];
    const written = await this.db.inTenant(row.tenant ?? PROVIDER_TENANT, write);
    return written > 0 ? 'resealed' : undefined;
  }
}
