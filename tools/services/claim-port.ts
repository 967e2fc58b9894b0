import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Household } from './processes.js';

/**
 * A port for a process of a stack, the usual one if it is free and no other stack of this machine has claimed it. A stack
 * picks its ports seconds before its processes listen, and a process that died listens again later, so that nobody
 * listens there says too little. The claim is a file with the stack's process id; it goes with the stack.
 *
 * @param folder where the claims of all stacks lie
 */
export async function claimPort(
  household: Pick<Household, 'removeAtEnd'>,
  usual: number | undefined,
  folder = tmpdir(),
): Promise<number> {
  if (usual === undefined) return freePort();
  const file = join(folder, `paloma-port-${usual}`);
  if (!claim(file)) return freePort();
  const port = await freePort(usual);
  if (port === usual) household.removeAtEnd(file);
  else rmSync(file, { force: true });
  return port;
}

function claim(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(holderOf(file))) return false;
  }
  // Left by a stack that was killed together with its reaper.
  try {
    rmSync(file, { force: true });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function holderOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
