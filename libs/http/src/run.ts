import { InvalidConfigError, loadConfig, type VariableName } from '#libs/config';
import { createLogger, readableStacks } from '#libs/observability';
import { type ServeOptions, serve } from './serve.js';

/**
 * The body of every `main.ts` and `worker.ts`: serves, or says why not and exits with status 1.
 *
 * @param options `settings` names every variable that the process reads, so that all that is missing or wrong is named
 *   at once, before anything has started
 */
export async function run(
  options: Omit<ServeOptions, 'listen'> & { settings: readonly VariableName[] },
): Promise<void> {
  readableStacks();
  try {
    loadConfig(['HOST', 'PORT', 'LOG_LEVEL', ...options.settings]);
    await serve(options);
  } catch (error) {
    if (error instanceof InvalidConfigError) process.stderr.write(`${options.name}: ${error.message}\n`);
    else createLogger(options.name).fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}
