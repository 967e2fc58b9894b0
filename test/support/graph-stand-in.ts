import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GraphCall {
  method: string;
  /** Without version and parameters, e.g. `/123/messages`. */
  path: string;
  query: URLSearchParams;
  token: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are looked into by assertions
  body: any;
}

/** What the stand-in answers: a status and a body, or it drops the connection after having read the call. */
export type GraphAnswer = { status?: number; body: unknown; wait?: Promise<void> } | 'drop';

/** A tiny stand-in for Graph that answers as a test tells it and remembers every call. */
export class GraphStandIn {
  readonly calls: GraphCall[] = [];
  private nextId = 1;
  /** Replace it to answer otherwise; by default every message is taken, with an id of its own. */
  answer: (call: GraphCall) => GraphAnswer = () => this.taken();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<GraphStandIn> {
    let standIn: GraphStandIn | undefined;
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://graph');
        const text = Buffer.concat(pieces).toString();
        void standIn?.reply(
          {
            method: request.method ?? '',
            path: url.pathname.replace(/^\/v\d+\.\d+/, ''),
            query: url.searchParams,
            token: request.headers.authorization?.replace(/^Bearer /, ''),
            body: text ? JSON.parse(text) : undefined,
          },
          response,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    standIn = new GraphStandIn(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return standIn;
  }

  taken(): GraphAnswer {
    const id = `wamid.META${String(this.nextId++).padStart(6, '0')}`;
    return { body: { messaging_product: 'whatsapp', contacts: [], messages: [{ id }] } };
  }

  refused(code: number, status = 400): GraphAnswer {
    return {
      status,
      body: { error: { message: `(#${code}) as told`, type: 'OAuthException', code, fbtrace_id: 'x' } },
    };
  }

  private async reply(call: GraphCall, response: ServerResponse): Promise<void> {
    // The worker compares templates with Meta's list when it pleases; no test waits for it here, and none meets it.
    if (call.method === 'GET' && call.path.endsWith('/message_templates')) {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'no list here', type: 'OAuthException', code: 2 } }));
      return;
    }
    this.calls.push(call);
    const answer = this.answer(call);
    if (answer === 'drop') {
      response.destroy();
      return;
    }
    await answer.wait;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
