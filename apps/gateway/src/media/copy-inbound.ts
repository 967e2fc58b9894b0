import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { InboundMedia, LARGEST_FILE, MediaStore, type MediaToCopy, TooManyBytesError } from '#libs/media-store';
import { LOGGER, METRICS } from '#libs/observability';
import type { Lanes, Turn } from '#libs/queues';
import { type Channel, Channels } from '../channels/channels.js';
import { MediaAtSource } from './media-at-source.js';

type Lane = Lanes['gateway.media'];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Gaps before further attempts; the last one repeats while Meta has the file. */
export const RETRY_GAPS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR] as const;
/** Meta keeps what customers sent for 7 days since 2025-10-09 ("Media", business-phone-numbers/media, 2025-12-11). */
export const META_KEEPS_MS = 7 * 24 * HOUR;

const FILES_AT_ONCE = 4;
const HELD_BY_ANOTHER_MS = 1_000;
/** The clock may be moved (sandbox), so a long wait is looked at again at times. */
const LOOK_AGAIN_MS = 60_000;

/** Copies what customers sent to one number, before Meta forgets it. */
@Injectable()
export class CopyInbound {
  private readonly outcomes: Counter<'outcome'>;

  constructor(
    private readonly leases: Leases,
    private readonly channels: Channels,
    private readonly inbound: InboundMedia,
    private readonly media: MediaStore,
    private readonly source: MediaAtSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) registry: Registry,
  ) {
    this.outcomes = new Counter({
      name: 'inbound_media_copies_total',
      help: 'Attempts to copy files of customers from Meta: copied, failed (tried again), given_up (parked with the reason)',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  /** @returns in how many milliseconds the number has files to copy again; undefined for not until it is woken */
  async drain(lane: Lane, turn: Turn): Promise<number | undefined> {
    const done = await this.leases.hold(lane.tenantId, `media:${lane.phoneNumberId}`, async (stillMine) => {
      while (stillMine()) {
        if (turn.isOver()) return 0;
        const batch = await this.inbound.due(lane, this.clock.now(), FILES_AT_ONCE);
        if (batch.length === 0) break;
        const channel = await this.channels.byId(lane.tenantId, lane.phoneNumberId);
        await Promise.all(batch.map((file) => this.copy(lane, channel, file)));
      }
      const next = await this.inbound.nextDueAt(lane);
      return next && Math.min(LOOK_AGAIN_MS, Math.max(1, next.getTime() - this.clock.now().getTime()));
    });
    return done === 'held-by-another' ? HELD_BY_ANOTHER_MS : done;
  }

  private async copy({ tenantId }: Lane, channel: Channel | undefined, file: MediaToCopy): Promise<void> {
    try {
      if (!channel) throw new Error('the number is gone');
      const { sha256, open } = await this.source.find(channel, file.mediaId);
      const bytes = await this.media.receive(await open(), LARGEST_FILE);
      if (sha256 !== undefined && sha256 !== bytes.sha256) {
        await bytes.discard();
        throw new Error(`Meta says sha256 ${sha256}, its bytes have ${bytes.sha256}`);
      }
      await this.inbound.copied(tenantId, file.mediaId, bytes);
      this.outcomes.inc({ outcome: 'copied' });
    } catch (error) {
      const until = this.nextTry(file, error);
      this.outcomes.inc({ outcome: until ? 'failed' : 'given_up' });
      const said = { err: error, tenantId, mediaId: file.mediaId, attempts: file.attempts + 1 };
      if (until) this.logger.warn(said, 'could not copy media yet');
      else this.logger.error(said, 'media could not be copied; parked');
      await this.inbound.failed(tenantId, file.mediaId, (error as Error).message, until);
    }
  }

  private nextTry(file: MediaToCopy, error: unknown): Date | undefined {
    if (error instanceof TooManyBytesError) return undefined;
    const now = this.clock.now().getTime();
    const gap = RETRY_GAPS_MS[Math.min(file.attempts, RETRY_GAPS_MS.length - 1)] ?? 0;
    const forgotten = file.createdAt.getTime() + META_KEEPS_MS;
    return now >= forgotten ? undefined : new Date(now + gap);
  }
}
