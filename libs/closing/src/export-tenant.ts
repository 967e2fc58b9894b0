import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { ZipFile } from 'yazl';
import { CLOCK, type Clock } from '#libs/clock';
import { MediaStore, NoSuchBytesError } from '#libs/media-store';
import { Database, type Tx } from '#libs/persistence';
import { EXPORTED, isSecretColumn, KEPT } from './what-becomes.js';

const PAGE = 500;

interface KeyColumn {
  name: string;
  type: string;
}
interface StoredFile {
  media_id: string;
  file_name: string | null;
  sha256: string;
}

/**
 * Everything that a tenant has here as one ZIP, made while it is downloaded: a file of JSON lines for each table, and the
 * media files; what is the provider's own is left out (`KEPT`). It is read as the tenant (row-level security lets through nothing else), page by page in short transactions,
 * so a slow download holds nothing; what changes meanwhile may be in it as it was before or after.
 */
@Injectable()
export class ExportTenant {
  constructor(
    private readonly db: Database,
    private readonly media: MediaStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns the ZIP, which is made as it is read; it breaks off with an error when something cannot be read */
  open(tenantId: string): Readable {
    const mtime = this.clock.now();
    const zip = new ZipFile();
    const out = zip.outputStream as Readable;
    // A download that breaks off is seen to; one that ends early with a whole ZIP would not be.
    zip.on('error', (error) => out.destroy(error as Error));
    // Whoever reads it hears of the error as well; it may come before they listen.
    out.on('error', () => {});
    const watched = watching(zip, out);
    for (const table of EXPORTED) {
      zip.addReadStreamLazy(`${table}.jsonl`, { mtime }, (give) =>
        give(null, watched(Readable.from(this.linesOf(tenantId, table)))),
      );
    }
    const addFiles = async () => {
      for await (const file of this.filesOf(tenantId)) {
        if (out.destroyed) return;
        zip.addReadStreamLazy(nameInZip(file), { mtime, compress: false }, (give) => {
          this.bytesOf(tenantId, file.sha256).then(
            (bytes) => give(null, watched(bytes)),
            (error) => give(error, Readable.from([])),
          );
        });
      }
      zip.end();
    };
    addFiles().catch((error) => zip.emit('error', error));
    return out;
  }

  private async *linesOf(tenantId: string, table: string): AsyncGenerator<string> {
    for await (const page of this.pagesOf(tenantId, table)) {
      yield page.map((row) => `${JSON.stringify(asExported(table, row))}\n`).join('');
    }
  }

  private async *filesOf(tenantId: string): AsyncGenerator<StoredFile> {
    for await (const page of this.pagesOf(tenantId, 'media')) {
      for (const row of page as unknown as StoredFile[]) {
        if (row.sha256) yield { ...row, sha256: row.sha256.replace(/^\\x/, '') };
      }
    }
  }

  private async bytesOf(tenantId: string, sha256: string): Promise<Readable> {
    try {
      return await this.media.open(tenantId, sha256);
    } catch (error) {
      // The store lost it, or it went meanwhile: the rest is worth having.
      if (error instanceof NoSuchBytesError) return Readable.from([]);
      throw error;
    }
  }

  private async *pagesOf(tenantId: string, table: string): AsyncGenerator<Record<string, unknown>[]> {
    const key = await this.db.inTenant(tenantId, (tx) => keyOf(tx, table));
    let after: string[] | undefined;
    for (;;) {
      const rows = await this.db.inTenant(tenantId, (tx) => pageOfTable(tx, tenantId, table, key, after));
      if (rows.length > 0) yield rows.map((r) => r.row);
      after = rows.at(-1)?.at;
      if (rows.length < PAGE) return;
    }
  }
}

/**
 * yazl pipes the streams it is given and listens to no error of theirs (3.3.1), which would end the process; and it knows
 * nothing of a reader who went away, who would leave a file open.
 */
function watching(zip: ZipFile, out: Readable): (source: Readable) => Readable {
  let current: Readable | undefined;
  out.once('close', () => current?.destroy());
  return (source) => {
    source.on('error', (error) => zip.emit('error', error));
    current = source;
    if (out.destroyed) source.destroy();
    return source;
  };
}

/** The columns of a table's primary key, in its order. */
const keyOf = (tx: Tx, table: string): Promise<KeyColumn[]> =>
  tx.query(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
       FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, nth)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY k.nth`,
    [table],
  );

async function pageOfTable(
  tx: Tx,
  tenantId: string,
  table: string,
  key: readonly KeyColumn[],
  after: readonly string[] | undefined,
): Promise<{ row: Record<string, unknown>; at: string[] }[]> {
  const names = key.map((k) => `t.${k.name}`).join(', ');
  const beyond = after ? `AND (${names}) > (${key.map((k, i) => `$${i + 2}::${k.type}`).join(', ')})` : '';
  return tx.query(
    `SELECT to_jsonb(t) AS row, ARRAY[${key.map((k) => `t.${k.name}::text`).join(', ')}] AS at
       FROM ${table} t WHERE t.tenant_id = $1 AND (${KEPT[table]?.rows ?? true}) ${beyond} ORDER BY ${names} LIMIT ${PAGE}`,
    [tenantId, ...(after ?? [])],
  );
}

const asExported = (table: string, row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).filter(([column]) => !isSecretColumn(column) && !KEPT[table]?.without?.includes(column)),
  );

/** The id tells files of one name apart; a name from outside must lead nowhere else when it is unpacked. */
const nameInZip = ({ media_id, file_name }: StoredFile): string =>
  `media/${media_id}${file_name ? `-${file_name.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_').slice(-100)}` : ''}`;
