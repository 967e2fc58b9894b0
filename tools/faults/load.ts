import type { Merchant } from '../stack/merchant.js';
import type { Random } from './random.js';
import type { Written } from './shop-server.js';

const AGAIN_AFTER_MS = 200;
/** Customers of each merchant who get several messages, so that order can be seen; few enough for the pair rate. */
const REGULARS = 60;

/** A message that was answered 200. */
export interface Accepted {
  ref: string;
  /** Those of the same chain went to the same customer, each after the one before was answered. */
  chain?: string;
}

/** Where the load goes. */
export interface LoadTarget {
  gateway: string;
  sandbox: string;
  merchants: readonly Merchant[];
}

/**
 * Merchants who send at a steady rate, and customers who write. As a careful client does, a merchant repeats a call that
 * was not answered, with the same Idempotency-Key, until it is.
 */
export class Load {
  readonly accepted: Accepted[] = [];
  /** Ids of messages that customers wrote. */
  readonly written: string[] = [];
  /** Answers that were refusals, with what they said; the message may not go out. */
  readonly refused: string[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly regulars = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private n = 0;

  /** @param tag begins the `biz_opaque_callback_data` of all its messages */
  constructor(
    private readonly target: LoadTarget,
    readonly tag: string,
    private readonly random: Random,
    private readonly perSecond: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.turn(), 1_000 / this.perSecond);
  }

  /** Stops sending; resolves when every message that was begun has its answer. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** A merchant answers a customer who has just written. */
  reply({ merchant, from }: Written): void {
    if (!this.timer) return;
    this.track(this.send(merchant, from, { type: 'text', text: { body: 'Thank you, we are on it.' } }));
  }

  private turn(): void {
    const merchant = this.random.whole(0, this.target.merchants.length - 1);
    const chance = this.random.next();
    const to = `521${this.random.whole(2_000_000_000, 9_999_999_999)}`;
    const regular = `521${1_000_000_000 + this.random.whole(0, REGULARS - 1)}`;
    if (chance < 0.05) this.track(this.write(merchant, regular));
    else if (chance < 0.15) this.track(this.send(merchant, to, template('login_code', ['123456'], true)));
    else if (chance < 0.3) this.track(this.send(merchant, to, template('spring_sale', ['Ana'])));
    else if (chance < 0.45) this.toRegular(merchant, regular);
    else this.track(this.send(merchant, to, template('order_update', ['Ana', '1042'])));
  }

  private toRegular(merchant: number, to: string): void {
    const key = `${merchant} ${to}`;
    const before = this.regulars.get(key) ?? Promise.resolve();
    const sent = before.then(() => this.send(merchant, to, template('order_update', ['Ana', '1042']), key));
    this.regulars.set(key, sent);
    this.track(sent);
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  private async send(merchant: number, to: string, content: object, chain?: string): Promise<void> {
    const { apiKey, phoneNumberId } = this.target.merchants[merchant] as Merchant;
    const data = `${this.tag}:${++this.n}`;
    const body = JSON.stringify({ messaging_product: 'whatsapp', to, ...content, biz_opaque_callback_data: data });
    for (;;) {
      const answer = await post(`${this.target.gateway}/v24.0/${phoneNumberId}/messages`, body, {
        authorization: `Bearer ${apiKey}`,
        'idempotency-key': data,
      });
      if (answer.status === 200) {
        const { messages } = JSON.parse(answer.text) as { messages: [{ id: string }] };
        this.accepted.push({ ref: messages[0].id, ...(chain ? { chain } : {}) });
        return;
      }
      // 409: the call before this one is still under way, as far as anybody knows.
      if (answer.status >= 400 && answer.status < 500 && ![409, 429].includes(answer.status)) {
        this.refused.push(`${data} ${answer.status} ${answer.text.slice(0, 200)}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
    }
  }

  private async write(merchant: number, from: string): Promise<void> {
    const { phoneNumberId } = this.target.merchants[merchant] as Merchant;
    const message = { type: 'text', text: { body: 'Where is my order?' } };
    const body = JSON.stringify({ phone_number_id: phoneNumberId, from, message });
    const answer = await post(`${this.target.sandbox}/_sandbox/inbound`, body, {});
    if (answer.status === 200) this.written.push((JSON.parse(answer.text) as { id: string }).id);
  }
}

async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

function template(name: string, texts: readonly string[], button = false): object {
  const parameters = texts.map((text) => ({ type: 'text', text }));
  const components = [
    { type: 'body', parameters },
    ...(button ? [{ type: 'button', sub_type: 'url', index: '0', parameters }] : []),
  ];
  return { type: 'template', template: { name, language: { code: 'en_US' }, components } };
}
