import { Injectable } from '@nestjs/common';
import { Database, storableText, type Tx } from '#libs/persistence';
import { MediaStore } from './media-store.js';
import type { Spooled } from './spool.js';

/** Media of a customer's message, as the webhook names it. */
export interface ReceivedMedia {
  /** Meta's. */
  mediaId: string;
  /** Our id of the number. */
  phoneNumberId: string;
  mimeType: string;
  fileName?: string | undefined;
  /** When the message was sent: Meta keeps the file for a while from then on. */
  at: Date;
}

/** A file that is still to be fetched from Meta. */
export interface MediaToCopy {
  mediaId: string;
  attempts: number;
  createdAt: Date;
}

interface Lane {
  tenantId: string;
  phoneNumberId: string;
}

/** What customers sent and is to be copied before Meta forgets it. */
@Injectable()
export class InboundMedia {
  constructor(
    private readonly db: Database,
    private readonly media: MediaStore,
  ) {}

  /** Remembers a file to be copied, in the transaction of the message that names it; twice is once. */
  async note(tx: Tx, tenantId: string, received: ReceivedMedia): Promise<void> {
    const { mediaId, phoneNumberId, mimeType, fileName, at } = received;
    await tx.query(
      `WITH noted AS (
         INSERT INTO media (tenant_id, media_id, phone_number_id, origin, mime_type, file_name, created_at)
         VALUES ($1, $2, $3, 'inbound', $4, $5, $6) ON CONFLICT DO NOTHING RETURNING media_id)
       INSERT INTO media_copies (tenant_id, media_id, phone_number_id, due_at)
       SELECT $1, media_id, $3, $6 FROM noted`,
      [tenantId, mediaId, phoneNumberId, mimeType, fileName ?? null, at],
    );
  }

  /** What of a number's is to be tried now, the oldest first. */
  due({ tenantId, phoneNumberId }: Lane, now: Date, limit: number): Promise<MediaToCopy[]> {
    return this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT c.media_id AS "mediaId", c.attempts, m.created_at AS "createdAt"
           FROM media_copies c JOIN media m USING (tenant_id, media_id)
          WHERE c.tenant_id = $1 AND c.phone_number_id = $2 AND c.status = 'waiting' AND c.due_at <= $3
          ORDER BY c.due_at LIMIT $4`,
        [tenantId, phoneNumberId, now, limit],
      ),
    );
  }

  nextDueAt({ tenantId, phoneNumberId }: Lane): Promise<Date | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const [row]: { at: Date | null }[] = await tx.query(
        `SELECT min(due_at) AS at FROM media_copies
          WHERE tenant_id = $1 AND phone_number_id = $2 AND status = 'waiting'`,
        [tenantId, phoneNumberId],
      );
      return row?.at ?? undefined;
    });
  }

  /**
   * Keeps the bytes; the file is ours from then on. Of a file that was deleted meanwhile nothing is kept, and whoever deletes it
   * while this is going on waits and takes the bytes away as well.
   */
  async copied(tenantId: string, mediaId: string, bytes: Spooled): Promise<void> {
    const kept = await this.media.keeping(tenantId, bytes, async (tx, keep) => {
      const key = [tenantId, mediaId];
      const there = await tx.query('SELECT FROM media WHERE tenant_id = $1 AND media_id = $2 FOR UPDATE', key);
      if (there.length === 0) return false;
      await keep();
      await tx.query('UPDATE media SET sha256 = $3 WHERE tenant_id = $1 AND media_id = $2', [
        ...key,
        Buffer.from(bytes.sha256, 'hex'),
      ]);
      await tx.query('DELETE FROM media_copies WHERE tenant_id = $1 AND media_id = $2', key);
      return true;
    });
    if (!kept) await this.media.removeUnused(tenantId, bytes.sha256);
  }

  /** @param until when it is tried again; without it never: it is parked with the reason */
  async failed(tenantId: string, mediaId: string, reason: string, until: Date | undefined): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `UPDATE media_copies SET attempts = least(attempts + 1, 32000), note = $3, due_at = coalesce($4, due_at),
                status = CASE WHEN $4::timestamptz IS NULL THEN 'parked' ELSE 'waiting' END
          WHERE tenant_id = $1 AND media_id = $2`,
        [tenantId, mediaId, storableText(reason).slice(0, 500), until ?? null],
      ),
    );
  }

  /** Numbers of all tenants with files to copy; for the sweeper. */
  async numbersWithWork(now: Date): Promise<Lane[]> {
    return this.db.query(
      `SELECT tenant_id AS "tenantId", phone_number_id AS "phoneNumberId" FROM door_numbers_with_media_to_copy($1)`,
      [now],
    );
  }
}
