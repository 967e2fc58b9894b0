import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { TransportUnreachable } from '#libs/message-transport';
import { GraphMedia } from '#libs/meta-cloud';
import { isOnPremisesMediaId } from '#libs/meta-on-premises';
import type { Channel } from '../channels/channels.js';
import { KeptClients } from '../on-premises/kept-clients.js';

/** A file that a customer sent, where it still is. */
export interface SourceFile {
  mimeType: string;
  /** Hex; undefined where the source does not say. */
  sha256: string | undefined;
  /** Bytes; undefined where the source does not say before they come. */
  size: number | undefined;
  open(): Promise<Readable>;
}

/** Finds what customers sent where it came in: at Meta, or at the On-Premises client that carries or carried the number. */
@Injectable()
export class MediaAtSource {
  constructor(
    private readonly graph: GraphMedia,
    private readonly clients: KeptClients,
  ) {}

  /**
   * @returns what the source says of the file; an On-Premises client says nothing but the bytes
   * @throws TransportRefusal, TransportUnreachable; so does `open`
   */
  async find(channel: Channel, mediaId: string): Promise<Omit<SourceFile, 'mimeType'> & { mimeType?: string }> {
    const { onPremises, number, token } = channel;
    if (onPremises && isOnPremisesMediaId(mediaId)) {
      const transport = this.clients.transportOf(onPremises);
      return { sha256: undefined, size: undefined, open: () => transport.download(mediaId) };
    }
    if (token === undefined) throw new TransportUnreachable(false, 'we have no access to the number at Meta');
    const { url, ...said } = await this.graph.describe(mediaId, number.metaPhoneNumberId, token);
    return { ...said, open: () => this.graph.download(url, token) };
  }
}
