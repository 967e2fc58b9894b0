import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Plain node:http on a free port, whose address it prints: the body of baselines and stand-ins.
 *
 * @param answer returns the JSON text of a 200; what it throws is a 500
 */
export function serveHttp(answer: (request: IncomingMessage, body: Buffer) => Promise<string> | string): void {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      try {
        const text = await answer(request, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      } catch (error) {
        response.writeHead(500).end((error as Error).message);
      }
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  process.once('SIGTERM', () => process.exit(0));
}
