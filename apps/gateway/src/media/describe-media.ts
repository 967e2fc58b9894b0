import { Injectable } from '@nestjs/common';
import { type MediaRow, MediaStore } from '#libs/media-store';
import { GraphError, GraphMedia, type MetaMedia } from '#libs/meta-cloud';
import type { Caller } from '#libs/tenants';
import { type Channel, Channels } from '../channels/channels.js';
import { fromGraph, refuse, unknownObject } from '../graph-envelope/refuse.js';
import { MediaUrls } from './media-urls.js';

/** A file as the Cloud API shows it. */
export interface MediaView {
  messaging_product: 'whatsapp';
  url: string;
  mime_type: string;
  sha256?: string;
  file_size?: number;
  id: string;
}

/** Tells of files by their ids: uploads by ours, what customers sent by Meta's. */
@Injectable()
export class DescribeMedia {
  constructor(
    private readonly media: MediaStore,
    private readonly channels: Channels,
    private readonly graph: GraphMedia,
    private readonly urls: MediaUrls,
  ) {}

  /**
   * @param query `phone_number_id` (Meta's), if given, must be that of the file; anything else is ignored
   * @throws Refusal for a file that is not there, another tenant's, or another number's
   */
  async describe({ tenantId }: Caller, mediaId: string, query: Readonly<Record<string, unknown>>): Promise<MediaView> {
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

  /** What Meta says of a file that a customer sent, with an address at Meta's. @throws Refusal */
  async atMeta({ tenantId, mediaId, phoneNumberId }: MediaRow): Promise<MetaMedia & { token: string | undefined }> {
    const channel = await this.channels.byId(tenantId, phoneNumberId);
    if (!channel) throw unknownObject(mediaId);
    try {
      return { ...(await this.graph.describe(mediaId, metaIdOf(channel), channel.token)), token: channel.token };
    } catch (error) {
      if (error instanceof GraphError && error.code === 100) throw unknownObject(mediaId);
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

const metaIdOf = (channel: Channel): string => channel.number.metaPhoneNumberId;
