import { Agent } from 'undici';
import { Fifo } from '../state/fifo.js';
import type { World } from '../state/world.js';
import { sign } from './signature.js';

export interface Delivery {
  id: number;
  url: string;
  /** Webhook field, `on-premises`, or `custom` for one posted by a control call. */
  field: string;
  payload: string;
  headers: Record<string, string>;
  repeat: boolean;
  /** Sandbox time at which it arose, epoch ms. */
  at: number;
  attempts: number;
  /** HTTP status of the last attempt; 0 where there was no answer. */
  lastStatus?: number;
  state: 'waiting' | 'delivered' | 'given_up' | 'no_callback';
}

const KEPT = 20_000;
const CONCURRENCY = 32;
const ANSWER_WITHIN_MS = 10_000;
const ATTEMPTS = 60;

const newAgent = () => new Agent({ connections: CONCURRENCY, keepAliveTimeout: 30_000 });

/** Meta repeats for up to 7 days, ever more slowly; here it grows from a quarter second to 30 s, in real time, because
 * what it waits for is a receiver that is really away. */
export const retryDelayMs = (attempts: number) => Math.min(30_000, 250 * 2 ** (attempts - 1));

/** Webhooks under way to their receivers: a few at a time over kept connections, repeated until answered 200. */
export class Outbox {
  private agent = newAgent();
  private queue = new Fifo<Delivery>();
  private readonly log = new Fifo<Delivery>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private active = 0;
  private seq = 0;
  private epoch = 0;
  private stopped = false;
  /** Called after each attempt, for metrics. */
  onAttempt: (field: string, status: number) => void = () => {};

  constructor(private readonly world: World) {
    world.onReset(() => this.reset());
  }

  /** Sends `payload` to `url`, signed with `secret` where given. */
  send(url: string | undefined, field: string, payload: string, secret?: string): Delivery {
    return this.enqueue(url, field, payload, secret ? { 'x-hub-signature-256': sign(payload, secret) } : {});
  }

  /** @param repeat whether to try again until it is answered 200. */
  enqueue(
    url: string | undefined,
    field: string,
    payload: string,
    headers: Record<string, string>,
    repeat = true,
  ): Delivery {
    const delivery: Delivery = {
      id: ++this.seq,
      url: url ?? '',
      field,
      payload,
      headers: { 'content-type': 'application/json', 'user-agent': 'facebookexternalua', ...headers },
      repeat,
      at: this.world.now(),
      attempts: 0,
      state: url ? 'waiting' : 'no_callback',
    };
    this.log.push(delivery);
    if (this.log.length > KEPT) this.log.shift();
    if (url) {
      this.queue.push(delivery);
      this.pump();
    }
    return delivery;
  }

  list(): Delivery[] {
    return this.log.toArray();
  }

  /** Deliveries not yet answered 200: queued, under way, or waiting for another try. */
  get pending(): number {
    return this.queue.length + this.active + this.retries.size;
  }

  /** Forgets everything; deliveries under way are cut off, so that none of the old world arrives in the new one. */
  reset(): void {
    this.epoch++;
    void this.agent.destroy();
    this.agent = newAgent();
    this.active = 0;
    this.queue = new Fifo();
    while (this.log.length) this.log.shift();
    for (const retry of this.retries) clearTimeout(retry);
    this.retries.clear();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.reset();
    await this.agent.destroy();
  }

  private pump(): void {
    while (!this.stopped && this.active < CONCURRENCY && this.queue.length) {
      this.active++;
      const delivery = this.queue.shift()!;
      const { epoch } = this;
      void this.attempt(delivery).finally(() => {
        if (epoch !== this.epoch) return;
        this.active--;
        if (delivery.state === 'waiting') this.retryLater(delivery);
        this.pump();
      });
    }
  }

  private async attempt(delivery: Delivery): Promise<void> {
    delivery.attempts++;
    try {
      const url = new URL(delivery.url);
      const { statusCode, body } = await this.agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers: delivery.headers,
        body: delivery.payload,
        headersTimeout: ANSWER_WITHIN_MS,
        bodyTimeout: ANSWER_WITHIN_MS,
      });
      await body.dump();
      delivery.lastStatus = statusCode;
    } catch {
      delivery.lastStatus = 0;
    }
    // 200 alone is success (meta/webhooks.md §1).
    if (delivery.lastStatus === 200) delivery.state = 'delivered';
    else if (!delivery.repeat || delivery.attempts >= ATTEMPTS) delivery.state = 'given_up';
    this.onAttempt(delivery.field, delivery.lastStatus);
  }

  private retryLater(delivery: Delivery): void {
    if (this.stopped) return;
    const retry = setTimeout(() => {
      this.retries.delete(retry);
      this.queue.push(delivery);
      this.pump();
    }, retryDelayMs(delivery.attempts)).unref();
    this.retries.add(retry);
  }
}
