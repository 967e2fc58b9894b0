import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '#libs/http';
import { type MediaRow, MediaStore, NoSuchBytesError, usualEnding } from '#libs/media-store';
import { fromGraph } from '../graph-envelope/refuse.js';
import { byteRange } from './byte-range.js';
import { DescribeMedia } from './describe-media.js';

/** Answers a request with the bytes of a file. */
@Injectable()
export class ServeFile {
  constructor(
    private readonly media: MediaStore,
    private readonly describe: DescribeMedia,
  ) {}

  /** @param rangeHeader is heeded once the file is here; bytes that are still at Meta come as a whole */
  async send(found: MediaRow, rangeHeader: string | undefined, reply: FastifyReply): Promise<void> {
    reply
      .header('content-type', found.mimeType)
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(nameOf(found))}`)
      // What customers send is shown to people by browsers: it must not run, nor be taken for something else.
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "sandbox; default-src 'none'")
      .header('cache-control', 'private, max-age=300');
    const { sha256, size } = found;
    if (sha256 === null || size === null) return this.fromMeta(found, reply);

    reply.header('etag', `"${sha256}"`).header('accept-ranges', 'bytes');
    const range = byteRange(rangeHeader, size);
    if (range === 'unsatisfiable') {
      await reply.status(416).header('content-range', `bytes */${size}`).send();
      return;
    }
    const bytes = await this.media.open(found.tenantId, sha256, range).catch((cause) => {
      if (!(cause instanceof NoSuchBytesError)) throw cause;
      throw new Refusal(500, 'internal', 'The bytes of this file are lost. Upload it again.', { cause });
    });
    if (range) reply.status(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`);
    await reply.header('content-length', range ? range.to - range.from + 1 : size).send(bytes);
  }

  /** Bytes that are not copied yet go through us as they come. */
  private async fromMeta(found: MediaRow, reply: FastifyReply): Promise<void> {
    const { size, open } = await this.describe.atMeta(found);
    const bytes = await open().catch((error) => {
      throw fromGraph(error);
    });
    if (size !== undefined) reply.header('content-length', size);
    await reply.send(bytes);
  }
}

const nameOf = ({ fileName, mediaId, mimeType }: MediaRow): string => fileName ?? `${mediaId}.${usualEnding(mimeType)}`;
