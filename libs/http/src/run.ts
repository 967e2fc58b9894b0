import { InvalidConfigError } from '#libs/config';
import { createLogger } from '#libs/observability';
import { type ServeOptions, serve } from './serve.js';

/** The body of every `main.ts` and `worker.ts`: serves, or says why not and exits with status 1. */
export async function run(options: Omit<ServeOptions, 'listen'>): Promise<void> {
  try {
    await serve(options);
  } catch (error) {
    if (error instanceof InvalidConfigError) process.stderr.write(`${error.message}\n`);
    else createLogger(options.name).fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}
