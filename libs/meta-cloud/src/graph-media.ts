import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { request } from 'undici';
import { type GraphClient, GraphError, GraphUnreachableError } from './graph-client.js';

/** What Meta tells of a file (business-phone-numbers/media, 2025-12-11). */
export interface MetaMedia {
  /** Good for five minutes, and only with the token. */
  url: string;
  mimeType: string;
  /** Hex; absent if Meta does not say. */
  sha256: string | undefined;
  /** Bytes; absent if Meta does not say. */
  size: number | undefined;
}

/** A file to be given to Meta; `open` gives its bytes from the beginning. */
export interface MediaToUpload {
  mimeType: string;
  fileName: string;
  size: number;
  open: () => Promise<Readable>;
}

// A file has up to 100 MB; between two pieces of it nothing should take so long.
const STALLED_MS = 30_000;
const UPLOAD_MS = 120_000;

/** Files to and from Meta, streamed: only some kilobytes of each are in memory. */
export class GraphMedia {
  constructor(private readonly graph: Pick<GraphClient, 'call'>) {}

  /**
   * @returns Meta's id, which Meta keeps for 30 days
   * @throws GraphError, GraphUnreachableError; an upload done twice does no harm
   */
  async upload(metaPhoneNumberId: string, token: string | undefined, file: MediaToUpload): Promise<string> {
    const boundary = `paloma-${randomUUID()}`;
    const head = Buffer.from(
      field(boundary, 'messaging_product', 'whatsapp') +
        field(boundary, 'type', file.mimeType) +
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quotable(file.fileName)}"\r\n` +
        `Content-Type: ${file.mimeType}\r\n\r\n`,
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    const bytes = await file.open();
    const answer = await this.graph.call<{ id?: string }>({
      method: 'POST',
      path: `/${metaPhoneNumberId}/media`,
      stream: {
        contentType: `multipart/form-data; boundary=${boundary}`,
        length: head.length + file.size + tail.length,
        bytes: Readable.from(framed(head, bytes, tail), { objectMode: false }),
      },
      timeoutMs: UPLOAD_MS,
      ...(token === undefined ? {} : { token }),
    });
    if (!answer?.id) throw new GraphUnreachableError(true, new Error('the upload was answered without an id'));
    return String(answer.id);
  }

  /** @throws GraphError (100 when Meta has no such file), GraphUnreachableError */
  async describe(metaMediaId: string, metaPhoneNumberId: string, token: string | undefined): Promise<MetaMedia> {
    const told = await this.graph.call<Record<string, unknown>>({
      path: `/${encodeURIComponent(metaMediaId)}`,
      query: { phone_number_id: metaPhoneNumberId },
      ...(token === undefined ? {} : { token }),
    });
    if (typeof told?.url !== 'string') throw new GraphUnreachableError(true, new Error('the answer names no url'));
    return {
      url: told.url,
      mimeType: typeof told.mime_type === 'string' ? told.mime_type : 'application/octet-stream',
      sha256: hexOf(told.sha256),
      size: Number.isSafeInteger(Number(told.file_size)) ? Number(told.file_size) : undefined,
    };
  }

  /**
   * @param url of `describe`; Meta wants the token there too
   * @throws GraphError when it is answered with an error (404: ask for a new url), GraphUnreachableError
   */
  async download(url: string, token: string | undefined): Promise<Readable> {
    try {
      const answer = await request(url, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        headersTimeout: STALLED_MS,
        bodyTimeout: STALLED_MS,
      });
      if (answer.statusCode === 200) return answer.body;
      await answer.body.dump();
      throw new GraphError(answer.statusCode, undefined);
    } catch (error) {
      throw error instanceof GraphError ? error : new GraphUnreachableError(true, error);
    }
  }
}

const field = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

/** As browsers write a name into a form (HTML, "multipart/form-data"). */
const quotable = (name: string) => name.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

async function* framed(head: Buffer, bytes: Readable, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  yield* bytes;
  yield tail;
}

/** Graph gives the hash in hex; webhooks give it in base64 (samples of both). */
function hexOf(hash: unknown): string | undefined {
  if (typeof hash !== 'string') return undefined;
  if (/^[0-9a-f]{64}$/i.test(hash)) return hash.toLowerCase();
  const bytes = Buffer.from(hash, 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}
