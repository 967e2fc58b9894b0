import { randomInt } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { AtOnce } from './at-once.js';
import { MEDIA_COLUMNS, MEDIA_WITH_OBJECT, type MediaRow } from './media-row.js';
import { type ByteRange, OBJECT_STORE, type ObjectStore } from './object-store.js';
import { type Spooled, spool } from './spool.js';

// Each holds a connection to PostgreSQL while it puts bytes into the store, so that nobody takes them away meanwhile.
const PUTS_AT_ONCE = 3;

/** The files of tenants: rows that name them, and bytes that are there once per tenant and content. */
@Injectable()
export class MediaStore {
  private readonly puts = new AtOnce(PUTS_AT_ONCE);

  constructor(
    private readonly db: Database,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Receives bytes to be judged; the caller discards them when it does not save them. See `spool`. */
  receive(source: Readable, limit: number): Promise<Spooled> {
    return spool(source, this.objects.spoolFolder, limit);
  }

  /**
   * Keeps an upload under a new id. The same bytes again get another id and no second object.
   *
   * @param file.phoneNumberId our id of the number it was uploaded for
   * @param mayGrow            throws in the transaction that counts these bytes when they are too many; not asked of the same
   *   bytes again
   */
  async save(
    tenantId: string,
    file: { phoneNumberId: string; mimeType: string; fileName?: string | undefined },
    bytes: Spooled,
    mayGrow?: (tx: Tx) => Promise<void>,
  ): Promise<{ mediaId: string }> {
    const work = async (tx: Tx, keep: () => Promise<void>) => {
      await keep();
      for (;;) {
        const mediaId = newMediaId();
        const rows = await tx.query(
          `INSERT INTO media (tenant_id, media_id, phone_number_id, origin, sha256, mime_type, file_name, created_at)
           VALUES ($1, $2, $3, 'upload', $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1`,
          [
            tenantId,
            mediaId,
            file.phoneNumberId,
            Buffer.from(bytes.sha256, 'hex'),
            file.mimeType,
            file.fileName ?? null,
            this.clock.now(),
          ],
        );
        if (rows.length > 0) return { mediaId };
      }
    };
    return this.keeping(tenantId, bytes, work, mayGrow);
  }

  /** @returns undefined for what does not exist, and just so for what is another tenant's */
  async find(tenantId: string, mediaId: string): Promise<MediaRow | undefined> {
    const [row] = await this.findAll(tenantId, [mediaId]);
    return row;
  }

  findAll(tenantId: string, mediaIds: readonly string[]): Promise<MediaRow[]> {
    return this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT ${MEDIA_COLUMNS} FROM ${MEDIA_WITH_OBJECT} WHERE m.tenant_id = $1 AND m.media_id = ANY ($2::text[])`,
        [tenantId, mediaIds],
      ),
    );
  }

  /** @throws NoSuchBytesError when the store lost them */
  open(tenantId: string, sha256: string, range?: ByteRange): Promise<Readable> {
    return this.objects.open({ tenantId, sha256 }, range);
  }

  /**
   * Removes a file; its bytes go with the last file that has them.
   *
   * @returns whether there was such a file
   */
  async remove(tenantId: string, mediaId: string): Promise<boolean> {
    const [gone] = await this.db.inTenant(tenantId, async (tx) => {
      const [rows] = (await tx.query(
        `DELETE FROM media WHERE tenant_id = $1 AND media_id = $2 RETURNING encode(sha256, 'hex') AS sha256`,
        [tenantId, mediaId],
      )) as [{ sha256: string | null }[], number];
      return rows;
    });
    if (gone?.sha256) await this.removeUnused(tenantId, gone.sha256);
    return gone !== undefined;
  }

  /**
   * Removes files of a tenant that is erased, bytes before the rows that name them, so that who dies in between finds them
   * again.
   *
   * @returns how many contents there were; call it until there are none
   */
  async removeSome(tenantId: string, atMost: number): Promise<number> {
    const objects: { sha256: string }[] = await this.db.inTenant(tenantId, (tx) =>
      tx.query(`SELECT encode(sha256, 'hex') AS sha256 FROM media_objects WHERE tenant_id = $1 LIMIT $2`, [
        tenantId,
        atMost,
      ]),
    );
    for (const { sha256 } of objects) await this.objects.remove({ tenantId, sha256 });
    const gone = [tenantId, objects.map(({ sha256 }) => Buffer.from(sha256, 'hex'))];
    await this.db.inTenant(tenantId, async (tx) => {
      await tx.query('DELETE FROM media WHERE tenant_id = $1 AND sha256 = ANY ($2::bytea[])', gone);
      await tx.query('DELETE FROM media_objects WHERE tenant_id = $1 AND sha256 = ANY ($2::bytea[])', gone);
    });
    return objects.length;
  }

  /** Takes away what no file has and was not taken away with its file, because a process died in between. */
  async sweep(tenantId: string): Promise<void> {
    const unused: { sha256: string }[] = await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT encode(sha256, 'hex') AS sha256 FROM media_objects o WHERE tenant_id = $1 AND ${NO_FILE_HAS_IT}`,
        [tenantId],
      ),
    );
    for (const { sha256 } of unused) await this.removeUnused(tenantId, sha256);
  }

  /** The same for all tenants; as staff. */
  async sweepAll(): Promise<void> {
    const tenants: { id: string }[] = await this.db.asStaff((tx) =>
      tx.query(`SELECT DISTINCT tenant_id AS id FROM media_objects o WHERE ${NO_FILE_HAS_IT}`),
    );
    for (const { id } of tenants) await this.sweep(id);
  }

  /**
   * Does work in one transaction, in which it may `keep` the bytes. That holds the object's row: whoever takes bytes away holds
   * it too, and `stored` is false before they go, so a row with `stored` always has its bytes. A row is there before the
   * bytes are, so that `sweep` finds what a process leaves that dies in between.
   */
  async keeping<T>(
    tenantId: string,
    bytes: Spooled,
    work: (tx: Tx, keep: () => Promise<void>) => Promise<T>,
    mayGrow?: (tx: Tx) => Promise<void>,
  ): Promise<T> {
    const { sha256, size } = bytes;
    const object = [tenantId, Buffer.from(sha256, 'hex')];
    try {
      return await this.puts.run(async () => {
        await this.db.inTenant(tenantId, async (tx) => {
          if (mayGrow && !(await isCounted(tx, object))) await mayGrow(tx);
          await tx.query(
            `INSERT INTO media_objects (tenant_id, sha256, file_size, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING`,
            [...object, size, this.clock.now()],
          );
        });
        return this.db.inTenant(tenantId, (tx) =>
          work(tx, async () => {
            const [row] = (await tx.query(
              `INSERT INTO media_objects (tenant_id, sha256, file_size, created_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant_id, sha256) DO UPDATE SET file_size = excluded.file_size RETURNING stored`,
              [...object, size, this.clock.now()],
            )) as { stored: boolean }[];
            if (row?.stored) return;
            await this.objects.put({ tenantId, sha256 }, bytes.path, size);
            await tx.query('UPDATE media_objects SET stored = true WHERE tenant_id = $1 AND sha256 = $2', object);
          }),
        );
      });
    } finally {
      await bytes.discard();
    }
  }

  /** Takes bytes away if no file has them, after it is written down that they are not to be relied on any more. */
  async removeUnused(tenantId: string, sha256: string): Promise<void> {
    const object = [tenantId, Buffer.from(sha256, 'hex')];
    const whenUnused = (work: (tx: Tx) => Promise<void>): Promise<void> =>
      this.db.inTenant(tenantId, async (tx) => {
        if (await isUnused(tx, tenantId, sha256)) await work(tx);
      });
    await whenUnused((tx) =>
      tx.query('UPDATE media_objects SET stored = false WHERE tenant_id = $1 AND sha256 = $2', object),
    );
    await whenUnused(async (tx) => {
      await this.objects.remove({ tenantId, sha256 });
      await tx.query('DELETE FROM media_objects WHERE tenant_id = $1 AND sha256 = $2', object);
    });
  }
}

const NO_FILE_HAS_IT = 'NOT EXISTS (SELECT FROM media m WHERE m.tenant_id = o.tenant_id AND m.sha256 = o.sha256)';

async function isCounted(tx: Tx, object: readonly unknown[]): Promise<boolean> {
  const rows: unknown[] = await tx.query('SELECT FROM media_objects WHERE tenant_id = $1 AND sha256 = $2', [...object]);
  return rows.length > 0;
}

/** Locks the object's row until the transaction ends, then looks whether a file still has it. */
async function isUnused(tx: Tx, tenantId: string, sha256: string): Promise<boolean> {
  const key = [tenantId, Buffer.from(sha256, 'hex')];
  await tx.query('SELECT FROM media_objects WHERE tenant_id = $1 AND sha256 = $2 FOR UPDATE', key);
  const used = await tx.query('SELECT FROM media WHERE tenant_id = $1 AND sha256 = $2 LIMIT 1', key);
  return used.length === 0;
}

/** Sixteen digits, as Meta's ids have: clients that keep them as numbers lose none of them (2^53 has sixteen). */
const newMediaId = (): string => String(1e15 + randomInt(2 ** 47));
