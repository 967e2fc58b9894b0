import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../channels/channels.js';
import type { Ready } from './claim-messages.js';
import type { Pace } from './pace.js';
import { placeFor } from './place-for.js';
import type { InHand, Nap } from './room-to-claim.js';

/** What is done with a claimed message once it has its place, or loses it. Neither throws. */
export interface Hands {
  /** Whether the number is still this process's. */
  stillMine(): boolean;
  /** Calls Meta, and stores what became of it. */
  call(ready: Ready, from: Channel): Promise<void>;
  giveBack(ready: readonly Ready[]): Promise<void>;
}

/**
 * What a number's dispatcher has claimed and not stored yet. Each message waits for its place under the pace, in the order
 * of the claims; then it is called, with many calls under way at a time.
 */
export class Calls implements InHand {
  unplaced = 0;
  private placing: Promise<void> = Promise.resolve();
  private readonly calling = new Set<Promise<void>>();

  constructor(
    private readonly pace: Pace,
    private readonly hands: Hands,
  ) {}

  get underWay(): number {
    return this.calling.size;
  }

  get isAtWork(): boolean {
    return this.unplaced + this.underWay > 0;
  }

  /** @param from the number as it was when they were claimed */
  add(claimed: readonly Ready[], from: Channel): void {
    this.unplaced += claimed.length;
    this.placing = this.placing.then(() => this.place(claimed, from));
  }

  /** Resolves after the nap, or when what it waits for has come, or any of `others`. */
  async nap({ until, ms }: Nap, ...others: Promise<unknown>[]): Promise<void> {
    // An end of placing that is past would be news for ever.
    const called = this.unplaced > 0 ? [this.placing] : [];
    const answered = until === 'called' ? [] : this.calling;
    await Promise.race([...called, ...answered, ...others, sleep(ms)]);
  }

  /** When nothing is in hand any more. */
  async home(): Promise<void> {
    await this.placing;
    await Promise.allSettled(this.calling);
  }

  private async place(claimed: readonly Ready[], from: Channel): Promise<void> {
    for (const [i, ready] of claimed.entries()) {
      await placeFor(ready, this.pace);
      if (!this.hands.stillMine() || this.pace.pausedUntil > performance.now()) {
        // The number is another's now, or rests: what was not called yet is to be claimed anew.
        this.unplaced -= claimed.length - i;
        return this.hands.giveBack(claimed.slice(i));
      }
      this.unplaced--;
      this.pace.start(ready.message);
      const call = this.hands.call(ready, from).finally(() => this.calling.delete(call));
      this.calling.add(call);
    }
  }
}
