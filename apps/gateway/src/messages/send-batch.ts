import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { type NewMessage, newMessageRef, Outbox } from '#libs/outbox';
import type { Caller } from '#libs/tenants';
import { refuse } from '../graph-envelope/refuse.js';
import { type BatchItem, unfitTime } from './read-batch.js';
import { Room } from './room.js';
import { type Decided, notCovered, type Outbound, SendMessage } from './send-message.js';

/** What became of one message of a batch. */
export type BatchOutcome = { messageId: string } & ({ ref: string; recipient: string } | { refusal: Refusal });

type Fresh = { messageId: string; request: Outbound };
type Fitting = Decided & { messageId: string };

/**
 * Many messages of one number at once: one question about room under the messaging limit, one statement that stores (and
 * holds in the wallet) all that may go. Each message has its own outcome, and its id makes a repeat harmless: an id that is
 * stored already is answered as accepted, whatever has become true since.
 */
@Injectable()
export class SendBatch {
  constructor(
    private readonly sendMessage: SendMessage,
    private readonly room: Room,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param metaPhoneNumberId Meta's id of the sending number
   * @returns an outcome for each, in the same order; all of it is committed
   * @throws Refusal where the number cannot send at all; nothing is stored then
   */
  async send(caller: Caller, metaPhoneNumberId: string, items: readonly BatchItem[]): Promise<BatchOutcome[]> {
    const outcomes = new Map<BatchItem, BatchOutcome>();
    const told = (item: BatchItem, outcome: BatchOutcome) => void outcomes.set(item, outcome);
    const there = await this.outbox.recipientsOf(
      caller.tenantId,
      items.flatMap((item) => ('request' in item ? [item.messageId] : [])),
    );
    const now = this.clock.now();
    const fresh = new Map<string, BatchItem & Fresh>();
    for (const item of items) {
      const recipient = there.get(item.messageId);
      const unfit = 'request' in item && recipient === undefined ? unfitTime(item.messageId, now) : undefined;
      if ('refusal' in item) told(item, item);
      else if (recipient !== undefined) told(item, repeated(item, recipient));
      else if (unfit) told(item, { messageId: item.messageId, refusal: unfit });
      else fresh.set(item.messageId, item);
    }
    if (fresh.size > 0) {
      // Asked before the messages are, so that a number that cannot send refuses the batch and not each of them.
      await this.sendMessage.liveChannel(caller, metaPhoneNumberId);
      for (const outcome of await this.sendFresh(caller, metaPhoneNumberId, [...fresh.values()])) {
        told(fresh.get(outcome.messageId) as BatchItem, outcome);
      }
    }
    return items.map((item) => outcomes.get(item) as BatchOutcome);
  }

  private async sendFresh(caller: Caller, number: string, fresh: readonly Fresh[]): Promise<BatchOutcome[]> {
    const outcomes: BatchOutcome[] = [];
    const decided = await Promise.all(
      fresh.map(({ messageId, request }) =>
        this.sendMessage.decide(caller, number, request).then(
          (decision): Fitting => ({ ...decision, messageId }),
          (refusal) => {
            if (!(refusal instanceof Refusal)) throw refusal;
            outcomes.push({ messageId, refusal });
            return undefined;
          },
        ),
      ),
    );
    const going = await this.withRoom(
      decided.filter((d) => d !== undefined),
      outcomes,
    );
    const messages = going.map(({ message, messageId }) => ({ ...message, messageId }));
    const became = await this.outbox.acceptNamed(caller.tenantId, messages);
    const stored: NewMessage[] = [];
    for (const message of messages) {
      const { messageId, recipient } = message;
      // One that is taken was stored by the same call, which came twice at one moment.
      const uncovered = became.get(messageId) === 'not covered';
      if (!uncovered) stored.push(message);
      outcomes.push(
        uncovered
          ? { messageId, refusal: notCovered(message) }
          : { messageId, ref: newMessageRef(messageId), recipient },
      );
    }
    this.sendMessage.wakeFor(stored);
    return outcomes;
  }

  /** Leaves out whom the messaging limit has no room for, and tells it. */
  private async withRoom(decided: readonly Fitting[], outcomes: BatchOutcome[]): Promise<Fitting[]> {
    const counting = decided.filter((d) => d.counts);
    const [first] = counting;
    if (!first) return [...decided];
    const refusals = await this.room.refusals(
      first.channel,
      counting.map((d) => d.message.recipient),
      this.clock.now(),
    );
    const refused = new Set<string>();
    for (const [i, { messageId }] of counting.entries()) {
      const refusal = refusals[i];
      if (!refusal) continue;
      refused.add(messageId);
      outcomes.push({ messageId, refusal });
    }
    return decided.filter((d) => !refused.has(d.messageId));
  }
}

/** An id that is taken stands for the message that has it; another message may not borrow it. */
function repeated({ messageId, request }: Fresh, recipient: string): BatchOutcome {
  const { to } = request;
  const asked = 'userId' in to ? to.userId : 'group' in to ? to.group : to.number.replace(/\D/g, '');
  // A number without its country code was completed by that of the sender, so it ends in the same digits.
  const same = 'number' in to ? recipient.endsWith(asked.replace(/^0+/, '')) : asked === recipient;
  return same
    ? { messageId, ref: newMessageRef(messageId), recipient }
    : {
        messageId,
        refusal: refuse('idempotency_conflict', 'id: is that of a message to somebody else. Make a new one.'),
      };
}
