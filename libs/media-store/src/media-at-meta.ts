import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#libs/persistence';

/** A file of a tenant as one of its numbers sends it. */
export interface SentAs {
  tenantId: string;
  phoneNumberId: string;
  /** Hex. */
  sha256: string;
  mimeType: string;
}

const keyOf = (file: SentAs) => [file.tenantId, file.phoneNumberId, Buffer.from(file.sha256, 'hex'), file.mimeType];

/** Under which id Meta knows a file, by number: Meta's ids of media belong to the number they were uploaded for. */
@Injectable()
export class MediaAtMeta {
  constructor(private readonly db: Database) {}

  /** Meta's id, if Meta still knows the file at that instant. */
  find(file: SentAs, at: Date): Promise<string | undefined> {
    return this.db.inTenant(file.tenantId, async (tx) => {
      const [row]: { id: string }[] = await tx.query(
        `SELECT meta_media_id AS id FROM media_at_meta
          WHERE tenant_id = $1 AND phone_number_id = $2 AND sha256 = $3 AND mime_type = $4 AND expires_at > $5`,
        [...keyOf(file), at],
      );
      return row?.id;
    });
  }

  async remember(file: SentAs, metaMediaId: string, expiresAt: Date): Promise<void> {
    await this.db.inTenant(file.tenantId, (tx) =>
      tx.query(
        // The file may have been deleted while it was uploaded; then there is nothing to remember.
        `INSERT INTO media_at_meta (tenant_id, phone_number_id, sha256, mime_type, meta_media_id, expires_at)
         SELECT $1, $2, $3, $4, $5, $6
           FROM media_objects o WHERE o.tenant_id = $1 AND o.sha256 = $3 FOR KEY SHARE
         ON CONFLICT (tenant_id, phone_number_id, sha256, mime_type)
           DO UPDATE SET meta_media_id = excluded.meta_media_id, expires_at = excluded.expires_at`,
        [...keyOf(file), metaMediaId, expiresAt],
      ),
    );
  }

  /** Meta said that it does not know the id (any more). */
  async forget(file: SentAs, metaMediaId: string): Promise<void> {
    await this.db.inTenant(file.tenantId, (tx) =>
      tx.query(
        `DELETE FROM media_at_meta
          WHERE tenant_id = $1 AND phone_number_id = $2 AND sha256 = $3 AND mime_type = $4 AND meta_media_id = $5`,
        [...keyOf(file), metaMediaId],
      ),
    );
  }

  /** Meta could not use the files of a message that it had taken: whichever ids it has for them are of no use. */
  async forgetFiles(tx: Tx, tenantId: string, phoneNumberId: string, mediaIds: readonly string[]): Promise<void> {
    await tx.query(
      `DELETE FROM media_at_meta a USING media m
        WHERE a.tenant_id = $1 AND a.phone_number_id = $2 AND m.tenant_id = $1 AND m.media_id = ANY ($3::text[])
          AND a.sha256 = m.sha256 AND a.mime_type = m.mime_type`,
      [tenantId, phoneNumberId, mediaIds],
    );
  }

  /** The number is carried another way from now on, where none of the ids is known. */
  async forgetAll(tx: Tx, tenantId: string, phoneNumberId: string): Promise<void> {
    await tx.query('DELETE FROM media_at_meta WHERE tenant_id = $1 AND phone_number_id = $2', [
      tenantId,
      phoneNumberId,
    ]);
  }
}
