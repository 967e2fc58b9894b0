import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { currentEnvironment } from '#libs/config';

const LOCK = join(tmpdir(), 'paloma-installs-chromium');
const INSTALLED_WITHIN_MS = 10 * 60_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = currentEnvironment();
  const places = [...PATH.split(':'), '/usr/bin', '/snap/bin'].flatMap((folder) => NAMES.map((n) => join(folder, n)));
  return [CHROMIUM_PATH, ...places].find((path) => {
    try {
      accessSync(path ?? '', constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Chromium of this machine, installed from Debian's packages where that is possible. */
function findChromium(): string {
  const there = onPath();
  // What is being installed is on PATH before it can run.
  if (there && !existsSync(LOCK)) return there;
  return alone(() => onPath() ?? installChromium());
}

/** Does something while no other process of the tests does: apt-get gives up where another one is at work. */
function alone<T>(something: () => T): T {
  for (;;) {
    try {
      mkdirSync(LOCK);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Whoever was killed left its lock behind.
      const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > INSTALLED_WITHIN_MS) rmSync(LOCK, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
  try {
    return something();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function installChromium(): string {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...words: string[]) => {
    const [program = '', ...rest] = [...sudo, 'apt-get', ...words];
    execFileSync(program, rest, { stdio: 'ignore', timeout: 300_000 });
  };
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium');
  } catch (error) {
    throw new Error(
      'The tests of pages need Chromium and it could not be installed. Install it (apt-get install chromium, ' +
        'brew install --cask chromium), or name one in CHROMIUM_PATH.',
      { cause: error },
    );
  }
  const installed = onPath();
  if (!installed) throw new Error('apt-get installed chromium, but no such program is on PATH.');
  return installed;
}

/** A browser that talks to loopback pages and to nobody else. The caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    timeout: 120_000,
    args: [
      // Root in a container has no user namespace of its own to sandbox with.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}
