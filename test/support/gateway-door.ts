import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the gateway's batch door would have stored it. */
export interface TakenMessage {
  id: string;
  to: string;
  type: string;
  number: string;
  origin: string;
  body: Record<string, unknown>;
}

/** A stand-in for the gateway's batch door, for tests of who sends through it: takes every message once by its id. */
export class GatewayDoor {
  readonly taken: TakenMessage[] = [];
  /** Runs before a call is answered; a test holds it up here, or kills its caller. */
  before: () => Promise<void> = async () => {};
  /** Runs after a call's messages are stored and before it is answered. */
  after: () => Promise<void> = async () => {};

  private constructor(private readonly server: Server) {}

  static async open(): Promise<GatewayDoor> {
    const server = createServer();
    const door = new GatewayDoor(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        await door.before();
        const { phone_number_id: number, messages } = JSON.parse(Buffer.concat(chunks).toString());
        const data = messages.map((m: { id: string; to: string; type: string; biz_opaque_callback_data: string }) => {
          const { id, to, type, biz_opaque_callback_data: origin, ...body } = m;
          if (!door.taken.some((t) => t.id === id)) door.taken.push({ id, to, type, number, origin, body });
          return { id, status: 'accepted', ref: `wamid.${id}`, recipient: to };
        });
        await door.after();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What was said to a customer, in words. */
  said(to: string): unknown[] {
    return this.taken
      .filter((m) => m.to === to)
      .map(({ body, type }) => {
        const content = body[type] as { body?: unknown };
        return typeof content.body === 'string' ? content.body : (content.body as { text?: string } | undefined)?.text;
      });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
