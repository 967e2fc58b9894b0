import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Household } from '../services/processes.js';

const RESTART_AFTER_MS = [100, 500, 2_000, 5_000];
const HEALTHY_AFTER_MS = 30_000;

/** One process of the stack, started again when it dies, as a container platform would. */
export class Child {
  private process: ChildProcess | undefined;
  private deaths = 0;
  private stopping = false;
  readonly log: string;
  readonly url: string;

  constructor(
    private readonly household: Household,
    readonly name: string,
    private readonly entry: string,
    private readonly port: number,
    private readonly environment: Record<string, string | undefined>,
    logs: string,
    private readonly changed: () => void,
  ) {
    mkdirSync(logs, { recursive: true });
    this.log = join(logs, `${name}.log`);
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number | undefined {
    return this.process?.exitCode === null && this.process.signalCode === null ? this.process.pid : undefined;
  }

  start(): void {
    const log = openSync(this.log, 'a');
    const startedAt = performance.now();
    const child = spawn(process.execPath, [this.entry], {
      env: { ...this.environment, PORT: String(this.port), PUBLIC_URL: this.url },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.process = child;
    this.household.adopt(child);
    child.once('exit', () => {
      if (this.stopping) return;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) this.deaths = 0;
      const wait = RESTART_AFTER_MS[Math.min(this.deaths++, RESTART_AFTER_MS.length - 1)] as number;
      setTimeout(() => {
        if (this.stopping || this.pid !== undefined) return;
        this.start();
        this.changed();
      }, wait);
    });
  }

  /** Resolves when the process says that it can do its work; rejects with its last words when it does not in time. */
  async ready(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok) return;
      if (performance.now() > deadline || this.deaths > 2) {
        throw new Error(`${this.name} did not start. Its last words (${this.log}):\n${this.lastWords()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Ends it as an update does (SIGTERM) and starts it with other settings; resolves when it is ready. */
  async restart(settings: Readonly<Record<string, string>>, withinMs: number): Promise<void> {
    await this.stop();
    Object.assign(this.environment, settings);
    this.stopping = false;
    this.start();
    this.changed();
    await this.ready(withinMs);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (!child || this.pid === undefined) return;
    await new Promise<void>((resolve) => {
      const impatient = setTimeout(() => child.kill('SIGKILL'), 8_000);
      child.once('exit', () => {
        clearTimeout(impatient);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  private lastWords(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-30).join('\n');
  }
}
