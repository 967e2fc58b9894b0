/** A file as a tenant knows it. */
export interface MediaRow {
  tenantId: string;
  /** Ours for an upload, Meta's for what a customer sent. */
  mediaId: string;
  /** Our id of the number. */
  phoneNumberId: string;
  origin: 'upload' | 'inbound';
  /** Hex; null while the bytes are not here yet. */
  sha256: string | null;
  /** Bytes; null like sha256. */
  size: number | null;
  mimeType: string;
  fileName: string | null;
  createdAt: Date;
}

export const MEDIA_COLUMNS = `m.tenant_id AS "tenantId", m.media_id AS "mediaId", m.phone_number_id AS "phoneNumberId",
  m.origin, encode(m.sha256, 'hex') AS sha256, o.file_size::float8 AS size, m.mime_type AS "mimeType",
  m.file_name AS "fileName", m.created_at AS "createdAt"`;

/** `media m` with what is known of its bytes. */
export const MEDIA_WITH_OBJECT = 'media m LEFT JOIN media_objects o USING (tenant_id, sha256)';
