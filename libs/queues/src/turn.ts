import type { Queue } from 'bull';
import type { Bell, Bells } from './bells.js';
import { type Gathering, gatherMs } from './gathering.js';

/** So long a lane keeps its place while others wait for one. */
const TURN_MS = 2_000;

/** A lane's turn at one of the places that a worker has for lanes of its queue. */
export interface Turn {
  /** Whether other lanes wait for a place, and this one had its time: it ends what it has begun, and returns 0. */
  isOver(): boolean;
  /**
   * When the lane is woken next, by whatever process. Asked for before a look at the lane, it has come true when something
   * came during the look. Redis may not tell of it, so nobody waits for this alone.
   */
  woken(): Promise<void>;
  /** As `gather`, but not at all when other lanes wait for a place: nobody waits for one that rests. */
  rest(tookMs: number, bounds: Gathering): Promise<void>;
}

/**
 * A turn that looks once in a while whether others wait, beside the work: whoever asks `isOver` waits for nothing, and a lane
 * that is soon drained asks Redis nothing.
 */
export class TurnInQueue implements Turn {
  private over = false;
  private readonly looking: NodeJS.Timeout;
  private bell: Bell | undefined;

  /** @param key what tells the lane from others of its queue */
  constructor(
    private readonly queue: Queue,
    private readonly key: string,
    private readonly bells: Bells,
  ) {
    this.looking = setInterval(() => void this.look(), TURN_MS).unref();
  }

  isOver(): boolean {
    return this.over;
  }

  woken(): Promise<void> {
    this.bell ??= this.bells.hang(this.queue, this.key);
    return this.bell.next();
  }

  rest(tookMs: number, bounds: Gathering): Promise<void> {
    return new Promise((resolve) => {
      // Redis may be away; then this rests.
      const resting = setTimeout(resolve, gatherMs(tookMs, bounds));
      void this.doOthersWait().then((they) => {
        if (!they) return;
        clearTimeout(resting);
        resolve();
      });
    });
  }

  end(): void {
    clearInterval(this.looking);
    if (this.bell) this.bells.takeDown(this.queue, this.key, this.bell);
  }

  private async look(): Promise<void> {
    this.over = await this.doOthersWait();
  }

  private async doOthersWait(): Promise<boolean> {
    try {
      return (await this.queue.client.llen(this.queue.toKey('wait'))) > 0;
    } catch {
      // Without Redis nobody waits for a place.
      return false;
    }
  }
}
