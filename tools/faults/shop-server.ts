import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the merchants' server behaves: `away` cuts the connection, `failing` answers 503. */
export type ShopMood = 'up' | 'away' | 'failing';

export interface Written {
  merchant: number;
  from: string;
}

interface ChangeValue {
  statuses?: { id: string; status: string }[];
  messages?: { id: string; from: string }[];
}

/** The merchants' own webhook server: it checks signatures and remembers which event told it what. */
export class ShopServer {
  mood: ShopMood = 'up';
  /** What was told, such as `wamid… delivered`, and the events (`webhook-id`) that told it: one each. */
  readonly told = new Map<string, Set<string>>();
  posts = 0;
  badSignatures = 0;
  /** Called for each message of a customer, once. */
  onWritten: (written: Written) => void = () => {};
  private readonly secrets: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<ShopServer> {
    const server = createServer();
    const shop = new ShopServer(server);
    server.on('request', (request, response) => shop.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return shop;
  }

  /** The address of a merchant's webhook. */
  urlOf(merchant: number): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${merchant}`;
  }

  /** @param secret what posts to this merchant are signed with */
  trust(merchant: number, secret: string): void {
    this.secrets[merchant] = secret;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    if (this.mood === 'away') {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (this.mood !== 'up') {
        response.writeHead(503).end();
        return;
      }
      this.read(Number(request.url?.slice(1)), Buffer.concat(chunks), request.headers);
      response.end('ok');
    });
  }

  private read(merchant: number, bytes: Buffer, headers: IncomingMessage['headers']): void {
    this.posts++;
    const wanted = Buffer.from(
      `sha256=${createHmac('sha256', this.secrets[merchant] ?? '')
        .update(bytes)
        .digest('hex')}`,
    );
    const given = Buffer.from(String(headers['x-hub-signature-256'] ?? ''));
    if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) this.badSignatures++;
    const eventId = String(headers['webhook-id']);
    const body = JSON.parse(bytes.toString()) as { entry?: { changes?: { value: ChangeValue }[] }[] };
    for (const { value } of body.entry?.flatMap((e) => e.changes ?? []) ?? []) {
      for (const { id, status } of value.statuses ?? []) this.note(`${id} ${status}`, eventId);
      for (const { id, from } of value.messages ?? []) {
        if (this.note(`${id} written`, eventId)) this.onWritten({ merchant, from });
      }
    }
  }

  private note(fact: string, eventId: string): boolean {
    const events = this.told.get(fact);
    if (events) events.add(eventId);
    else this.told.set(fact, new Set([eventId]));
    return events === undefined;
  }
}
