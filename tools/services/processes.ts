import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './root.js';

/**
 * The processes and temporary folders of one command. Whatever is told to it is gone after the command, also when the
 * command is killed: a reaper outlives it (reaper.mjs).
 */
export class Household {
  private readonly reaper: ChildProcess;

  constructor() {
    const script = join(ROOT, 'tools', 'services', 'reaper.mjs');
    this.reaper = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    this.reaper.stdin?.on('error', () => {});
    this.reaper.unref();
    (this.reaper.stdin as unknown as { unref?: () => void })?.unref?.();
  }

  adopt(child: ChildProcess): void {
    if (child.pid === undefined) return;
    const { pid } = child;
    this.tell(`pid ${pid}`);
    child.once('exit', () => this.tell(`forget ${pid}`));
  }

  removeAtEnd(folder: string): void {
    this.tell(`rm ${folder}`);
  }

  /** Ends everything now; resolves when the reaper has done its work. */
  async end(): Promise<void> {
    if (this.reaper.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      this.reaper.ref();
      this.reaper.once('exit', () => resolve());
      this.reaper.stdin?.end();
    });
  }

  private tell(line: string): void {
    if (this.reaper.stdin?.writable) this.reaper.stdin.write(`${line}\n`);
  }
}

/** A free port on loopback: the wanted one if nobody listens there, else any. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = (port: number) =>
    new Promise<number | undefined>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
      });
    });
  return (wanted ? await probe(wanted) : undefined) ?? (await probe(0)) ?? Promise.reject(new Error('no free port'));
}

/** Runs a command to its end; resolves to what it printed, rejects with its last words when it fails. */
export function runToEnd(
  command: string,
  args: string[],
  { input, ...options }: { env?: NodeJS.ProcessEnv; cwd?: string; input?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    let words = '';
    const hear = (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(words) : reject(new Error(`${command} ended with ${code}: ${words.slice(-2_000).trim()}`)),
    );
  });
}
