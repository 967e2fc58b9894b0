import { readConfig } from './config.js';
import { startSandbox } from './sandbox.js';

const sandbox = await startSandbox(readConfig());

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void sandbox.close().finally(() => process.exit(0));
  });
}
