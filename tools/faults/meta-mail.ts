import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from './random.js';

const WITHIN_MS = 1_500;
const AGAIN_AFTER_MS = 250;

/**
 * Stands between the sandbox and the gateway and does with webhooks what Meta may do: delivers each one three times, in
 * an order of its own, and again until it is answered 200.
 */
export class MetaMail {
  private underWay = 0;
  private stopped = false;

  private constructor(
    private readonly server: Server,
    private readonly gateway: string,
    private readonly random: Random,
  ) {}

  static async start(gateway: string, random: Random): Promise<MetaMail> {
    const server = createServer();
    const mail = new MetaMail(server, gateway, random);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        for (let i = 0; i < 3; i++) mail.post(Buffer.concat(chunks), request.headers);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return mail;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Deliveries that were not answered 200 yet. */
  get pending(): number {
    return this.underWay;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private post(body: Buffer, given: IncomingHttpHeaders): void {
    this.underWay++;
    const headers = {
      'content-type': 'application/json',
      'x-hub-signature-256': String(given['x-hub-signature-256']),
    };
    const attempt = async (): Promise<void> => {
      if (this.stopped) return;
      const answer = await fetch(this.gateway, { method: 'POST', headers, body: new Uint8Array(body) }).catch(
        () => undefined,
      );
      await answer?.arrayBuffer().catch(() => {});
      if (answer?.status === 200) this.underWay--;
      else setTimeout(attempt, AGAIN_AFTER_MS);
    };
    setTimeout(attempt, this.random.next() * WITHIN_MS);
  }
}
