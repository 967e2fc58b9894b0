import type { Queue } from 'bull';

/** So long a lane keeps its place while others wait for one. */
const TURN_MS = 2_000;

/** A lane's turn at one of the places that a worker has for lanes of its queue. */
export interface Turn {
  /** Whether other lanes wait for a place, and this one had its time: it ends what it has begun, and returns 0. */
  isOver(): boolean;
}

/**
 * A turn that looks once in a while whether others wait, beside the work: whoever asks `isOver` waits for nothing, and a lane
 * that is soon drained asks Redis nothing.
 */
export class TurnInQueue implements Turn {
  private over = false;
  private readonly looking: NodeJS.Timeout;

  constructor(private readonly queue: Queue) {
    this.looking = setInterval(() => void this.look(), TURN_MS).unref();
  }

  isOver(): boolean {
    return this.over;
  }

  end(): void {
    clearInterval(this.looking);
  }

  private async look(): Promise<void> {
    try {
      this.over = (await this.queue.client.llen(this.queue.toKey('wait'))) > 0;
    } catch {
      // Without Redis nobody waits for a place.
      this.over = false;
    }
  }
}
