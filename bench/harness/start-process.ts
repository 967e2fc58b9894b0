import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DIST } from '../../tools/services/root.js';

/** A process of the suite: a baseline, a stand-in, or one more process of the product. */
export interface Started {
  url: string;
  pid: number;
  stop(): void;
}

/**
 * Starts a module of `dist/` in a process of its own, as the product is.
 *
 * @param entry below `dist/`, without `.js`; it prints its address first, as `serveHttp` does
 */
export async function startProcess(
  entry: string,
  environment: Record<string, string | undefined> = {},
): Promise<Started> {
  const child = spawn(process.execPath, [join(DIST, `${entry}.js`)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // What is interrupted leaves nothing behind.
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}`)));
  });
  return { url, pid: child.pid as number, stop };
}

/**
 * Starts one more process of the product on a port of its own and waits until it is ready.
 *
 * @param entry below `dist/`, such as `apps/gateway/src/worker`
 */
export async function startProduct(
  entry: string,
  port: number,
  environment: Record<string, string | undefined>,
): Promise<Started> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(DIST, `${entry}.js`)], {
    env: { ...environment, PORT: String(port), PUBLIC_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  for (let tries = 0; !(await fetch(`${url}/readyz`).catch(() => undefined))?.ok; tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`${entry} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, pid: child.pid as number, stop };
}
