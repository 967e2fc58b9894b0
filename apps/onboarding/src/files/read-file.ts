import '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { fileTypeFromBuffer } from 'file-type';
import { Refusal } from '#libs/http';

export interface SentFile {
  /** By its bytes, not by its name. */
  type: string;
  name: string;
  bytes: Buffer;
}

/** A name that is harmless in a header, a list and a file system. */
const harmless = (name: string): string =>
  name
    .replace(/^.*[\\/]/, '')
    .replace(/[^\p{L}\p{N} ._-]/gu, '_')
    .slice(-100) || 'file';

/**
 * Reads the one file of a form into memory.
 *
 * @param take the largest size in bytes, and the types that are taken, as their bytes show
 * @throws Refusal 413 for one that is too large, 415 for one that is not what it must be, whatever it calls itself
 */
export async function readFile(
  request: FastifyRequest,
  take: { most: number; types: readonly string[] },
): Promise<SentFile> {
  if (!request.isMultipart()) {
    throw new Refusal(415, 'unsupported_media_type', 'Send multipart/form-data with the part "file".');
  }
  const part = await request.file({ limits: { fileSize: take.most, files: 1, fields: 10 } }).catch(() => undefined);
  if (!part) throw Refusal.invalid('The form has no part "file".');
  const bytes = await part.toBuffer().catch(() => undefined);
  if (!bytes) {
    throw new Refusal(413, 'file_too_large', `The file is larger than ${Math.floor(take.most / 1024 / 1024)} MB.`);
  }
  const type = (await fileTypeFromBuffer(bytes))?.mime ?? '';
  if (!take.types.includes(type)) {
    const what = type || 'something else';
    throw new Refusal(415, 'wrong_file_type', `By its bytes this is ${what}; ${take.types.join(', ')} are taken.`);
  }
  return { type, name: harmless(part.filename), bytes };
}
