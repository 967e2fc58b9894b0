import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { LOGGER } from '#libs/observability';
import type { CallResult, MessageRow } from '#libs/outbox';
import { type Reservation, TierReservation, type TierScope } from '#libs/tier-reservation';

interface Place {
  scope: TierScope;
  generation: string;
  customer: string;
  mark: string;
}

/**
 * Places of the messaging limit that messages under way took: those of messages that were not sent after all are given back,
 * and those that a reservation took for messages that were not claimed then.
 */
@Injectable()
export class TierPlaces {
  private readonly ofMessage = new Map<string, Place>();

  constructor(
    private readonly tier: TierReservation,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Notes which places claimed messages took, and gives back the others: their messages were cancelled meanwhile, or must wait
   * for another reason.
   */
  async remember(
    scope: TierScope,
    { generation, admitted }: Reservation,
    messages: readonly MessageRow[],
  ): Promise<void> {
    const taken = new Set<string>();
    for (const message of messages) {
      const mark = message.inWindow ? undefined : admitted.get(message.recipient);
      if (mark === undefined || mark === 'known') continue;
      taken.add(message.recipient);
      this.ofMessage.set(message.messageId, { scope, generation, customer: message.recipient, mark });
    }
    const left: Place[] = [];
    for (const [customer, mark] of admitted) {
      if (mark !== 'known' && !taken.has(customer)) left.push({ scope, generation, customer, mark });
    }
    await this.release(left);
  }

  /** Gives back the places of messages that were not sent after all. */
  async settle(results: readonly CallResult[]): Promise<void> {
    const free: Place[] = [];
    for (const { messageId, became } of results) {
      const place = this.ofMessage.get(messageId);
      if (!place) continue;
      this.ofMessage.delete(messageId);
      if (became === 'failed' || became === 'accepted' || became === 'parked') free.push(place);
    }
    await this.release(free);
  }

  private async release(free: readonly Place[]): Promise<void> {
    const [first] = free;
    if (!first) return;
    for (const generation of new Set(free.map((p) => p.generation))) {
      const places = free.filter((p) => p.generation === generation);
      // Without Redis the places stay taken for a day, or until they are counted anew.
      await this.tier.release(first.scope, generation, places, this.clock.now()).catch((error) => {
        this.logger.warn({ err: error, places: places.length }, 'could not give back places of the messaging limit');
      });
    }
  }
}
