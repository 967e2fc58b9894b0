import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Once } from '#libs/idempotency';
import type { Spooled } from '#libs/media-store';
import { GraphClient } from '#libs/meta-cloud';
import { MetaApp } from '#libs/provider-settings';
import type { Caller } from '#libs/tenants';
import { fromGraph, refuse } from '../graph-envelope/refuse.js';
import { UploadMedia } from '../media/upload-media.js';
import { AskMeta } from '../numbers/ask-meta.js';
import type { ChosenNumber } from './choose-number.js';

/** What the old API keeps under `business/profile` (On-Premises 2.53); about and photo have paths of their own there. */
const OLD_FIELDS = ['address', 'description', 'email', 'vertical', 'websites'] as const;
const EDGE = 'whatsapp_business_profile';
const PHOTO_TYPES = /^image\/(jpeg|png)\b/i;

/** The profile of a number in the words of the old API; Meta keeps it. */
@Injectable()
export class BusinessProfile {
  constructor(
    private readonly meta: AskMeta,
    private readonly graph: GraphClient,
    private readonly upload: UploadMedia,
    private readonly metaApp: MetaApp,
  ) {}

  async business(caller: Caller, chosen: ChosenNumber): Promise<Record<string, unknown>> {
    const profile = await this.fields(caller, chosen, OLD_FIELDS);
    return Object.fromEntries(OLD_FIELDS.map((name) => [name, profile[name]]));
  }

  async about(caller: Caller, chosen: ChosenNumber): Promise<unknown> {
    return (await this.fields(caller, chosen, ['about'])).about;
  }

  /** The address of the picture at Meta; undefined when there is none. */
  async photo(caller: Caller, chosen: ChosenNumber): Promise<unknown> {
    return (await this.fields(caller, chosen, ['profile_picture_url'])).profile_picture_url;
  }

  /** @throws Refusal as Meta refused */
  async change(caller: Caller, chosen: ChosenNumber, fields: Readonly<Record<string, unknown>>): Promise<void> {
    this.meta.requireActive(caller);
    const reached = await this.meta.reach(caller, chosen.number.metaPhoneNumberId);
    await this.meta.call(reached, { method: 'POST', edge: EDGE, body: { messaging_product: 'whatsapp', ...fields } });
  }

  /**
   * Uploads a picture by Meta's Resumable Upload API (a session, then the bytes, then their handle; "Upload API",
   * 2025-11) and makes it the number's.
   *
   * @param once the caller's Idempotency-Key: the same bytes are put once
   */
  async changePhoto(
    caller: Caller,
    chosen: ChosenNumber,
    type: string | undefined,
    source: Readable,
    once?: Once,
  ): Promise<void> {
    this.meta.requireActive(caller);
    if (type === undefined || !PHOTO_TYPES.test(type)) {
      throw refuse('media_rejected', 'The picture must be a JPEG or PNG. Say which in Content-Type.');
    }
    const { token } = await this.meta.reach(caller, chosen.number.metaPhoneNumberId);
    const bytes = await this.upload.receive(source);
    const put = async () => {
      const handle = await this.uploaded(bytes, type, token);
      await this.change(caller, chosen, { profile_picture_handle: handle });
    };
    try {
      await (once ? once.run(put, bytes.sha256) : put());
    } finally {
      await bytes.discard();
    }
  }

  /** @returns Meta's handle of the bytes */
  private async uploaded(bytes: Spooled, type: string, token: string): Promise<string> {
    try {
      const session = await this.graph.call<{ id: string }>({
        method: 'POST',
        path: `/${this.metaApp.id}/uploads`,
        query: { file_length: String(bytes.size), file_type: type.split(';')[0] },
        token,
      });
      const stored = await this.graph.call<{ h: string }>({
        method: 'POST',
        path: `/${session.id}`,
        headers: { authorization: `OAuth ${token}`, file_offset: '0' },
        stream: { contentType: 'application/octet-stream', length: bytes.size, bytes: createReadStream(bytes.path) },
      });
      return stored.h;
    } catch (error) {
      throw fromGraph(error);
    }
  }

  private async fields(
    caller: Caller,
    chosen: ChosenNumber,
    names: readonly string[],
  ): Promise<Record<string, unknown>> {
    const reached = await this.meta.reach(caller, chosen.number.metaPhoneNumberId);
    const answer = await this.meta.call<{ data?: Record<string, unknown>[] }>(reached, {
      method: 'GET',
      edge: EDGE,
      query: { fields: names.join(',') },
    });
    return answer.data?.[0] ?? {};
  }
}
