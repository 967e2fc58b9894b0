import { Injectable } from '@nestjs/common';
import { type MediaRow, MediaStore } from '#libs/media-store';
import { TransportRefusal } from '#libs/message-transport';
import type { Caller } from '#libs/tenants';
import { Channels } from '../channels/channels.js';
import { fromGraph, refuse, unknownObject } from '../graph-envelope/refuse.js';
import type { MediaResponse } from './media.response.js';
import { MediaAtSource, type SourceFile } from './media-at-source.js';
import { MediaUrls } from './media-urls.js';

/** Tells of files by their ids: uploads by ours, what customers sent by Meta's. */
@Injectable()
export class DescribeMedia {
  constructor(
    private readonly media: MediaStore,
    private readonly channels: Channels,
    private readonly source: MediaAtSource,
    private readonly urls: MediaUrls,
  ) {}

  /**
   * @param query `phone_number_id` (Meta's), if given, must be that of the file; anything else is ignored
   * @throws Refusal for a file that is not there, another tenant's, or another number's
   */
  async describe(
    { tenantId }: Caller,
    mediaId: string,
    query: Readonly<Record<string, unknown>>,
  ): Promise<MediaResponse> {
    const found = await this.ofNumber(tenantId, mediaId, query);
    // Meta hands a file out for some days; until it is copied here, what Meta says of it is asked.
    const { sha256, size, mimeType } = found.sha256 ? found : await this.atMeta(found);
    return {
      messaging_product: 'whatsapp',
      url: this.urls.of(tenantId, found.mediaId),
      mime_type: mimeType,
      ...(sha256 ? { sha256 } : {}),
      ...(typeof size === 'number' ? { file_size: size } : {}),
      id: found.mediaId,
    };
  }

  /** @throws as `describe` */
  async remove({ tenantId }: Caller, mediaId: string, query: Readonly<Record<string, unknown>>): Promise<void> {
    await this.ofNumber(tenantId, mediaId, query);
    if (!(await this.media.remove(tenantId, mediaId))) throw unknownObject(mediaId);
  }

  /** What Meta says of a file that a customer sent, with a way to its bytes. @throws Refusal */
  async atMeta(row: MediaRow): Promise<SourceFile> {
    const { tenantId, mediaId, phoneNumberId } = row;
    const channel = await this.channels.byId(tenantId, phoneNumberId);
    if (!channel) throw unknownObject(mediaId);
    try {
      return { mimeType: row.mimeType, ...(await this.source.find(channel, mediaId)) };
    } catch (error) {
      if (error instanceof TransportRefusal && error.code === 100) throw unknownObject(mediaId);
      throw fromGraph(error);
    }
  }

  /** The stored file itself. @throws as `describe` */
  async ofNumber(tenantId: string, mediaId: string, query: Readonly<Record<string, unknown>>): Promise<MediaRow> {
    const found = await this.media.find(tenantId, mediaId);
    if (!found) throw unknownObject(mediaId);
    const asked = query.phone_number_id;
    if (typeof asked === 'string' && asked !== '') {
      const channel = await this.channels.byMetaId(tenantId, asked);
      if (channel?.number.phoneNumberId !== found.phoneNumberId) {
        throw refuse(
          'invalid_parameter',
          'phone_number_id: the file does not belong to this number. Leave it out, or correct it.',
        );
      }
    }
    return found;
  }
}
