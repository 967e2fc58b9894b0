import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { SEALED_COLUMNS } from './sealed-columns.js';

/** One key, and where it is still needed. */
export interface KeyUse {
  id: string;
  /** It seals what is written now. */
  current: boolean;
  /** It is in ENCRYPTION_KEYS of the process that answers. */
  known: boolean;
  /** Rows by `table.column` that nothing else opens. */
  uses: Record<string, number>;
}

/** Counts what each key of ENCRYPTION_KEYS is needed for, so that one may be dropped that is needed for nothing. */
@Injectable()
export class KeyUses {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
  ) {}

  /** The keys of the ring in their order, then those that are not in it and of which something is left. */
  async all(): Promise<KeyUse[]> {
    const uses = new Map<string, Record<string, number>>(this.vault.keyIds.map((id) => [id, {}]));
    const add = (key: string, where: string, rows: number) => uses.set(key, { ...uses.get(key), [where]: rows });
    await this.db.asStaff(async (tx) => {
      for (const { table, column } of SEALED_COLUMNS) {
        const rows: { key: string; rows: number }[] = await tx.query(
          `SELECT split_part(${column}, '.', 2) AS key, count(*)::int AS rows FROM ${table}
            WHERE ${column} <> '' GROUP BY 1`,
        );
        for (const row of rows) add(row.key, `${table}.${column}`, row.rows);
      }
      // Signed, not sealed, and with the same keys (libs/staff).
      const [head] = await tx.query(
        `SELECT split_part(signature, '.', 1) AS key FROM audit_head WHERE signature IS NOT NULL`,
      );
      if (head) add(head.key, 'audit_head.signature', 1);
    });
    const { currentKeyId, keyIds } = this.vault;
    return [...uses].map(([id, of]) => ({ id, current: id === currentKeyId, known: keyIds.includes(id), uses: of }));
  }
}
