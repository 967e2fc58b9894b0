import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../stack/api.js';

/** What a merchant's server received, and whether our signature over the exact bytes was right. */
export interface Received {
  body: WebhookBody;
  signed: boolean;
}
export interface WebhookBody {
  entry?: { changes?: { field: string; value: ChangeValue }[] }[];
}
export interface ChangeValue {
  event?: string;
  message_template_name?: string;
  messages?: { id: string; from: string; text?: { body: string } }[];
  statuses?: { id: string; status: string; pricing?: { category: string; type: string } }[];
}

/** A merchant's own webhook server, on loopback: it checks signatures and keeps what it gets. */
export class Receiver {
  readonly received: Received[] = [];
  private secret = '';
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Receiver> {
    let receiver: Receiver | undefined;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        receiver?.take(bytes, String(request.headers['x-hub-signature-256'] ?? ''));
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver = new Receiver(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`);
    return receiver;
  }

  trust(secret: string): void {
    this.secret = secret;
  }

  /** Waits for the first change, new or already here, for which `pick` finds something. */
  async change<T>(
    what: string,
    pick: (value: ChangeValue, field: string) => T | undefined,
  ): Promise<{ found: T; signed: boolean }> {
    return until(`the merchant's webhook to get ${what}`, async () => {
      for (const { body, signed } of this.received) {
        for (const change of body.entry?.flatMap((e) => e.changes ?? []) ?? []) {
          const found = pick(change.value, change.field);
          if (found !== undefined) return { found, signed };
        }
      }
      return undefined;
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(bytes: Buffer, header: string): void {
    const wanted = Buffer.from(`sha256=${createHmac('sha256', this.secret).update(bytes).digest('hex')}`);
    const given = Buffer.from(header);
    const signed = wanted.length === given.length && timingSafeEqual(wanted, given);
    this.received.push({ body: JSON.parse(bytes.toString()) as WebhookBody, signed });
  }
}
