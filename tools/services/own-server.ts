import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A server that we started ourselves: it can be ended, gently or not, and started again at the same address. */
export class OwnServer {
  private constructor(
    private readonly launch: () => Promise<ChildProcess>,
    private child: ChildProcess,
  ) {}

  /** @param launch starts the server and resolves when it answers; always at the same address, with the same data */
  static async start(launch: () => Promise<ChildProcess>): Promise<OwnServer> {
    return new OwnServer(launch, await launch());
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Ends it with a signal, waits until it is gone, and starts it again. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    this.child = await this.launch();
  }
}
