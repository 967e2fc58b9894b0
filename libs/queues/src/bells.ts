import type { Queue } from 'bull';
import type { Redis } from 'ioredis';

/** Rings when its lane is woken. */
export class Bell {
  private coming: Promise<void> | undefined;
  private told = () => {};

  /** The next ring. Taken before a look at the lane, it has rung when something came during the look. */
  next(): Promise<void> {
    this.coming ??= new Promise((resolve) => {
      this.told = resolve;
    });
    return this.coming;
  }

  ring(): void {
    this.coming = undefined;
    this.told();
  }
}

/**
 * Bells of the lanes that this process drains, rung by whatever process wakes them. Redis tells each ring once and keeps
 * none, so whoever waits for a bell looks at the lane by itself, too, only later.
 */
export class Bells {
  private readonly hanging = new Map<string, Bell>();
  private readonly channels = new Set<string>();
  /** A connection that listens can do nothing else. */
  private listener: Redis | undefined;

  hang(queue: Queue, key: string): Bell {
    const channel = channelOf(queue);
    this.listen(queue, channel);
    const bell = new Bell();
    this.hanging.set(`${channel} ${key}`, bell);
    return bell;
  }

  takeDown(queue: Queue, key: string, bell: Bell): void {
    const name = `${channelOf(queue)} ${key}`;
    if (this.hanging.get(name) === bell) this.hanging.delete(name);
  }

  close(): void {
    this.listener?.disconnect();
  }

  private listen(queue: Queue, channel: string): void {
    if (this.channels.has(channel)) return;
    this.channels.add(channel);
    if (!this.listener) {
      this.listener = queue.client.duplicate();
      this.listener.on('message', (of: string, key: string) => this.hanging.get(`${of} ${key}`)?.ring());
      this.listener.on('error', () => {});
    }
    void this.listener.subscribe(channel).catch(() => {});
  }
}

/** Where it is said which lanes of a queue are woken, by their keys. */
export const channelOf = (queue: Queue): string => queue.toKey('woken');
