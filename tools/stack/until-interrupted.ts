import { currentEnvironment } from '#libs/config';

/** The process that started this one, and whether that was npm; tests play another. */
export interface Parent {
  readonly isNpm: boolean;
  pid(): number;
}
const PARENT: Parent = {
  isNpm: currentEnvironment().npm_lifecycle_event !== undefined,
  pid: () => process.ppid,
};
const LOOK_EVERY_MS = 500;

/**
 * Resolves on the first Ctrl-C or termination signal; a second one ends the process at once. A signal that is meant for
 * `npm start` ends npm and the shell between npm and us without reaching us, so being orphaned by them counts as one too.
 */
export function untilInterrupted(parent: Parent = PARENT): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const hear = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, hear);
    if (!parent.isNpm) return;
    const born = parent.pid();
    const look = setInterval(() => {
      if (parent.pid() === born) return;
      clearInterval(look);
      if (!asked) hear();
    }, LOOK_EVERY_MS);
    look.unref();
  });
}
