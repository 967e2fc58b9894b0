import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Once, onceOf } from '#libs/idempotency';
import { judgeFile, LARGEST_FILE, MediaStore, type Spooled, seeBytes, TooManyBytesError } from '#libs/media-store';
import { TenantLimits } from '#libs/tenant-limits';
import type { Caller } from '#libs/tenants';
import { Channels } from '../channels/channels.js';
import { refuse, unknownObject } from '../graph-envelope/refuse.js';
import { readForm } from './read-form.js';

/** A file that has come in, and what its sender called it. */
export interface ReceivedFile {
  bytes: Spooled;
  fileName: string | undefined;
  /** A MIME type, or a kind such as `image`; the first that says something counts. */
  announced: readonly (string | undefined)[];
}

const SAYS_NOTHING = /^\s*$|^(application|binary)\/octet-stream\b/i;

/** Keeps files that tenants upload. Meta is given a file when a message sends it, not before. */
@Injectable()
export class UploadMedia {
  constructor(
    private readonly channels: Channels,
    private readonly media: MediaStore,
    private readonly limits: TenantLimits,
  ) {}

  /** @throws Refusal when the number is not the caller's, or the caller may not send */
  async numberOf(caller: Caller, metaPhoneNumberId: string): Promise<{ phoneNumberId: string }> {
    if (caller.tenantStatus !== 'active') {
      throw refuse('tenant_suspended', 'Your provider has suspended this account. Ask its support what to do.');
    }
    const channel = await this.channels.byMetaId(caller.tenantId, metaPhoneNumberId);
    if (!channel) throw unknownObject(metaPhoneNumberId);
    return { phoneNumberId: channel.number.phoneNumberId };
  }

  /**
   * Keeps the file of an upload form as clients of the Cloud API send it.
   *
   * @param query of the request; some clients say `messaging_product` there
   * @returns the id of the file; for a call that repeats an Idempotency-Key with the same file, that of the first
   * @throws Refusal for a form without a file, or for a file that cannot be sent
   */
  async keepForm(
    tenantId: string,
    phoneNumberId: string,
    request: FastifyRequest,
    query: Readonly<Record<string, unknown>>,
  ): Promise<{ mediaId: string }> {
    const { fields, file } = await readForm(request, (source) => this.receive(source as Readable));
    const product = fields.messaging_product ?? query.messaging_product ?? 'whatsapp';
    if (product !== 'whatsapp') {
      await file.bytes.discard();
      throw refuse('invalid_parameter', 'messaging_product: must be whatsapp.');
    }
    return this.keepOnce(onceOf(request), tenantId, phoneNumberId, {
      bytes: file.bytes,
      fileName: file.fileName,
      announced: [fields.type, fields.typeFile, file.mimeType],
    });
  }

  /**
   * Receives the bytes of a file as they come.
   *
   * @throws Refusal when there are more than any file may have
   */
  async receive(source: Readable): Promise<Spooled> {
    try {
      return await this.media.receive(source, LARGEST_FILE);
    } catch (error) {
      if (!(error instanceof TooManyBytesError)) throw error;
      throw refuse(
        'media_rejected',
        'file: has more than 100 MB, the most that WhatsApp takes of any type. Make it smaller.',
      );
    }
  }

  /** As `keep`, but once for an Idempotency-Key and the same bytes. */
  async keepOnce(
    once: Once | undefined,
    tenantId: string,
    phoneNumberId: string,
    file: ReceivedFile,
  ): Promise<{ mediaId: string }> {
    if (!once) return this.keep(tenantId, phoneNumberId, file);
    try {
      return await once.run(() => this.keep(tenantId, phoneNumberId, file), file.bytes.sha256);
    } finally {
      await file.bytes.discard();
    }
  }

  /**
   * Keeps a file that was received, or refuses it; its spooled bytes are gone in either case.
   *
   * @throws Refusal with the reason of `judgeFile`; 403 where the provider allows no more files
   */
  async keep(tenantId: string, phoneNumberId: string, file: ReceivedFile): Promise<{ mediaId: string }> {
    const { bytes, fileName } = file;
    try {
      const announced = file.announced.find((word) => word !== undefined && !SAYS_NOTHING.test(word));
      const verdict = judgeFile({ size: bytes.size, seen: await seeBytes(bytes.path), announced, fileName });
      if ('refused' in verdict) throw refuse('media_rejected', verdict.refused);
      const { mimeType } = verdict;
      return await this.media.save(tenantId, { phoneNumberId, mimeType, fileName }, bytes, (tx) =>
        this.limits.mustFit(tx, tenantId, 'media_bytes', bytes.size),
      );
    } finally {
      await bytes.discard();
    }
  }
}
