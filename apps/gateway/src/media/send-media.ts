import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { graphError } from '#libs/error-catalogue';
import { MediaAtMeta, type MediaRow, MediaStore, NoSuchBytesError, type SentAs, usualEnding } from '#libs/media-store';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import { GraphError, GraphMedia, GraphUnreachableError } from '#libs/meta-cloud';
import { isOnPremisesMediaId } from '#libs/meta-on-premises';
import { type Channel, clientOf } from '../channels/channels.js';
import { KeptClients } from '../on-premises/kept-clients.js';
import { mediaIdsOf, withMediaIds } from './media-ids.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// Meta keeps what is uploaded for 30 days, and what customers sent for 7 (30 before 2025-10-09); Meta, "Media",
// business-phone-numbers/media, 2025-12-11. An hour less, so that an id does not die on its way.
const UPLOAD_LIVES_MS = 30 * DAY_MS - HOUR_MS;
const INBOUND_LIVES_MS = 7 * DAY_MS - HOUR_MS;

/** Codes with which a send is refused whose file Meta does not know: media errors, and bad values in general. */
const MEDIA_CODES = new Set([131052, 131053]);
// 131006: what an On-Premises client means by its 1006.
const VALUE_CODES = new Set([100, 131006, 131009]);

/** A file of ours in a message, and Meta's id for it. */
interface File {
  row: MediaRow;
  sentAs: SentAs;
}
interface Known {
  metaId: string;
  /** From an earlier upload: Meta may have lost it meanwhile. */
  remembered: boolean;
}

/**
 * Gives Meta the files that a message names by ids of ours, at the moment of sending, and remembers Meta's ids for them.
 * For a number on an On-Premises client, Meta is that client: it has files and ids of its own.
 */
@Injectable()
export class SendMedia {
  /** Uploads under way; messages of one broadcast with one file share its upload. */
  private readonly uploading = new Map<string, Promise<string>>();

  constructor(
    private readonly media: MediaStore,
    private readonly atMeta: MediaAtMeta,
    private readonly graph: GraphMedia,
    private readonly clients: KeptClients,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Sends a body with Meta's ids in place of ours. When Meta refuses it because it no longer knows a file, the file is
   * uploaded again and the message sent once more: a refused message was not sent.
   *
   * @param send one call to Meta
   * @returns what `send` returned
   * @throws what `send` threw; TransportRefusal when Meta refuses a file; TransportUnreachable with `sent: false` when a
   *   file could not be brought to Meta, so nothing was sent
   */
  async sending<T>(channel: Channel, body: string, send: (body: string) => Promise<T>): Promise<T> {
    const ids = mediaIdsOf(body);
    if (ids.length === 0) return send(body);
    const files = await this.nothingSent(() => this.filesOf(channel, ids));
    if (files.size === 0) return send(body);
    const known = await this.nothingSent(() => this.allAtMeta(channel, files));
    try {
      return await send(withMediaIds(body, metaIdsOf(known)));
    } catch (error) {
      const stale = [...known].filter(([, k]) => k.remembered);
      if (stale.length === 0 || !saysFileUnknown(error, stale)) throw error;
      const again = await this.nothingSent(async () => {
        for (const [mediaId, { metaId }] of stale)
          await this.atMeta.forget((files.get(mediaId) as File).sentAs, metaId);
        return this.allAtMeta(channel, files);
      });
      return send(withMediaIds(body, metaIdsOf(again)));
    }
  }

  /** The files that need an id of Meta's for this number, by the id that the message has. */
  private async filesOf(channel: Channel, mediaIds: readonly string[]): Promise<Map<string, File>> {
    const { tenantId, phoneNumberId } = channel.number;
    const onPremises = clientOf(channel) !== undefined;
    const now = this.clock.now().getTime();
    const files = new Map<string, File>();
    for (const row of await this.media.findAll(tenantId, mediaIds)) {
      const isMetas =
        row.origin === 'inbound' &&
        row.phoneNumberId === phoneNumberId &&
        isOnPremisesMediaId(row.mediaId) === onPremises;
      if (row.sha256 === null || (isMetas && row.createdAt.getTime() + INBOUND_LIVES_MS > now)) continue;
      files.set(row.mediaId, {
        row,
        sentAs: { tenantId, phoneNumberId, sha256: row.sha256, mimeType: row.mimeType },
      });
    }
    return files;
  }

  private async allAtMeta(channel: Channel, files: ReadonlyMap<string, File>): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    for (const [mediaId, file] of files) {
      const metaId = await this.atMeta.find(file.sentAs, this.clock.now());
      known.set(
        mediaId,
        metaId ? { metaId, remembered: true } : { metaId: await this.uploadOnce(channel, file), remembered: false },
      );
    }
    return known;
  }

  private uploadOnce(channel: Channel, file: File): Promise<string> {
    const { phoneNumberId, sha256, mimeType } = file.sentAs;
    const key = `${phoneNumberId} ${sha256} ${mimeType}`;
    let upload = this.uploading.get(key);
    if (!upload) {
      upload = this.upload(channel, file).finally(() => this.uploading.delete(key));
      this.uploading.set(key, upload);
    }
    return upload;
  }

  private async upload(channel: Channel, { row, sentAs }: File): Promise<string> {
    const at = this.clock.now();
    const file = {
      mimeType: row.mimeType,
      fileName: row.fileName ?? `${row.mediaId}.${usualEnding(row.mimeType)}`,
      size: row.size ?? 0,
      open: () => this.media.open(row.tenantId, sentAs.sha256),
    };
    const client = clientOf(channel);
    const metaId = client
      ? await this.clients.transportOf(client).upload(file)
      : await this.graph.upload(channel.number.metaPhoneNumberId, channel.token, file);
    await this.atMeta.remember(sentAs, metaId, new Date(at.getTime() + UPLOAD_LIVES_MS));
    return metaId;
  }

  /** What fails before the message is sent leaves no doubt about the message. */
  private async nothingSent<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof TransportRefusal) throw error;
      if (error instanceof NoSuchBytesError) {
        const details = 'The bytes of this file are lost at our side. Upload it again and send it under its new id.';
        throw new GraphError(400, graphError('media_rejected', details, ''));
      }
      if (error instanceof TransportUnreachable && !error.sent) throw error;
      throw new GraphUnreachableError(false, error);
    }
  }
}

const metaIdsOf = (known: ReadonlyMap<string, Known>) => new Map([...known].map(([id, { metaId }]) => [id, metaId]));

/** Whether a refusal may mean that Meta does not know one of the files; bad values may be others, so the words count too. */
function saysFileUnknown(error: unknown, stale: readonly [string, Known][]): boolean {
  const { code, message, details } = error as { code?: number; message?: string; details?: string };
  if (code === undefined) return false;
  if (MEDIA_CODES.has(code)) return true;
  const inner = (error as { error?: { error_data?: { details?: string } } }).error?.error_data?.details;
  const words = [message, details, inner].join(' ');
  return VALUE_CODES.has(code) && (/\bmedia\b/i.test(words) || stale.some(([, { metaId }]) => words.includes(metaId)));
}
