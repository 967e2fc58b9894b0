import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DIST } from '../../tools/services/root.js';

/** The body of a baseline process: plain node:http on a free port, whose address it prints. */
export function serveBaseline(answer: (request: IncomingMessage, body: Buffer) => Promise<string>): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, Buffer.concat(chunks)).then(
        (text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text),
        (error: Error) => response.writeHead(500).end(error.message),
      );
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  process.once('SIGTERM', () => process.exit(0));
}

/** Starts a baseline in a process of its own, as the product is. */
export async function startBaseline(
  name: string,
  environment: Record<string, string | undefined>,
): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [join(DIST, 'bench', 'baselines', `${name}.js`)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the baseline ${name} ended with ${code}`)));
  });
  return { url, stop: () => child.kill('SIGTERM') };
}
