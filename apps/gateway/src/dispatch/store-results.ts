import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { LOGGER } from '#libs/observability';
import { type CallResult, failedStatus, Outbox, OutboxHeld, OutboxLanes } from '#libs/outbox';
import { refusedTheData } from '#libs/persistence';
import type { Lanes } from '#libs/queues';
import { noteRefusal } from '#libs/wabas';
import { Channels } from '../channels/channels.js';
import { OptOuts } from './opt-outs.js';
import { Telling } from './telling.js';
import { TierPlaces } from './tier-places.js';
import { ToldTemplates } from './told-templates.js';

/** Tries to store what Meta answered, in a process that is to end: an answer that is lost leaves a message in doubt. */
const LAST_TRIES = 20;
/** So many messages in a row that Meta refuses for their number's sake hold it; a single one may have had a reason of its own. */
const REFUSALS = 3;

/** Stores what became of claimed messages, with everything that follows from it. */
@Injectable()
export class StoreResults implements BeforeApplicationShutdown {
  private stopping = false;
  private readonly refusedInARow = new Map<string, number>();

  constructor(
    private readonly lanes: OutboxLanes,
    private readonly outbox: Outbox,
    private readonly held: OutboxHeld,
    private readonly channels: Channels,
    private readonly toldTemplates: ToldTemplates,
    private readonly optOuts: OptOuts,
    private readonly places: TierPlaces,
    private readonly telling: Telling,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping = true;
  }

  /**
   * Stores results, patiently: while the database is away there is nothing better to do than to wait for it, for what is not
   * stored would be sent again or given up. What it refuses
   * because of what was said is thrown at once, so that who gathered the results tries them one by one.
   */
  async store(lane: Lanes['gateway.dispatch'], results: readonly CallResult[]): Promise<undefined[]> {
    if (results.length === 0) return [];
    const refused = this.refusalAfter(lane, results);
    let lastTries = 0;
    for (let tries = 1; ; tries++) {
      try {
        await this.once(lane, results, refused);
        break;
      } catch (error) {
        if (this.stopping) lastTries++;
        if (lastTries >= LAST_TRIES || refusedTheData(error)) throw error;
        this.logger.warn({ err: error, ...lane, tries }, 'could not store results yet');
        await sleep(Math.min(2_000, 50 * 2 ** Math.min(tries, 10)));
      }
    }
    if (refused !== undefined) this.channels.forget(lane.tenantId, lane.phoneNumberId);
    await this.places.settle(results);
    return results.map(() => undefined);
  }

  /** @returns Meta's code where it refuses whatever the number sends, as far as this process has seen */
  private refusalAfter(
    { phoneNumberId }: Lanes['gateway.dispatch'],
    results: readonly CallResult[],
  ): number | undefined {
    let last: number | undefined;
    for (const { became, numberRefused } of results) {
      if (numberRefused !== undefined) {
        last = numberRefused;
        this.refusedInARow.set(phoneNumberId, (this.refusedInARow.get(phoneNumberId) ?? 0) + 1);
      } else if (became === 'submitted' || became === 'held') this.refusedInARow.delete(phoneNumberId);
    }
    return (this.refusedInARow.get(phoneNumberId) ?? 0) >= REFUSALS ? last : undefined;
  }

  private once(
    { tenantId, phoneNumberId }: Lanes['gateway.dispatch'],
    results: readonly CallResult[],
    refused: number | undefined,
  ): Promise<void> {
    return this.telling.inTenant(tenantId, async (tx, tell) => {
      const now = this.clock.now();
      const moved = await this.lanes.settle(tx, tenantId, results, now);
      await this.held.mark(
        tx,
        tenantId,
        results.flatMap((r) => (r.became === 'parked' ? [r] : [])),
      );
      await this.toldTemplates.apply(tx, tenantId, results, now);
      const failed = results.filter((r) => r.became === 'failed' && moved.has(r.messageId));
      const channel = failed.length > 0 ? await this.channels.byIdWithin(tx, tenantId, phoneNumberId) : undefined;
      if (!channel) return;
      if (refused !== undefined) await noteRefusal(tx, tenantId, channel.number, refused, now);
      for (const result of failed) {
        const message = await this.outbox.find(tx, tenantId, result.messageId);
        if (!message) continue;
        const error = 'error' in result ? result.error : {};
        await tell([failedStatus(channel, message, error, now), ...(await this.optOuts.hear(tx, message, error, now))]);
      }
    });
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
