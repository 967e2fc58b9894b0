import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An On-Premises client in a process of its own; see `passing-client.mjs`. */
export class ClientProcess {
  private child: ChildProcess | undefined;
  /** Messages that came since it was started. */
  private came = 0;
  private onMessage = () => {};

  /** @param behind the client of the sandbox's that it hands everything to */
  constructor(
    private readonly port: number,
    private readonly behind: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const file = join(import.meta.dirname, 'passing-client.mjs');
    const child = spawn(process.execPath, [file, String(this.port), this.behind], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    this.came = 0;
    await new Promise<void>((ready, failed) => {
      child.once('exit', (code) => failed(new Error(`the client did not start: ${code}`)));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        if (line === 'ready') ready();
        else {
          this.came++;
          this.onMessage();
        }
      });
    });
  }

  /** Kills it (-9) as soon as so many messages have come since it was started; resolves when it is gone. */
  async dieWith(messages: number): Promise<void> {
    await new Promise<void>((enough) => {
      this.onMessage = () => this.came >= messages && enough();
      this.onMessage();
    });
    this.onMessage = () => {};
    await this.kill();
  }

  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
