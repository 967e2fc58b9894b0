import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface GivenMessage extends Record<string, unknown> {
  id: string;
  to?: string;
  recipient?: string;
  type: string;
  biz_opaque_callback_data: string;
}

/** A message as the gateway's batch door would have stored it. */
export interface TakenMessage {
  id: string;
  /** Digits or a business-scoped user id. */
  to: string;
  type: string;
  number: string;
  origin: string;
  body: Record<string, unknown>;
}

/** As the gateway answers where `to` is no number and no user id stands beside it. */
const NO_NUMBER = {
  code: 131009,
  title: 'Parameter value is not valid',
  details: 'to: must be a phone number with its country code, such as +16505551234',
  reason: 'invalid_parameter',
  advice: '',
  retry: 'never',
};

/** To whom a message goes, by the gateway's rule: `to` is a number and wins, `recipient` a business-scoped user id. */
function customerOf(to: string | undefined, recipient: string | undefined): string | undefined {
  if (to !== undefined) return /^\+?\d{5,15}$/.test(to) ? to.replace('+', '') : undefined;
  return recipient !== undefined && /^[A-Z]{2}\.[\w.-]{1,200}$/.test(recipient) ? recipient : undefined;
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
        const data = messages.map((message: GivenMessage) => {
          const { id, to: given, recipient, type, biz_opaque_callback_data: origin, ...body } = message;
          const to = customerOf(given, recipient);
          if (to === undefined) return { id, status: 'refused', error: NO_NUMBER };
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
