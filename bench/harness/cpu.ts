import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second (`getconf CLK_TCK`, the same on every platform Node runs on). */
const MS_PER_TICK = 10;

interface Process {
  pid: number;
  parent: number;
  cpuMs: number;
}

function processes(): Process[] {
  const found: Process[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // The name may hold spaces and brackets; the fields begin after it. 14 and 15 of proc(5) are user and system time.
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      found.push({
        pid: Number(entry),
        parent: Number(fields[1]),
        cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      });
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}

/**
 * CPU time that processes and their children have used, in ms. It tells what an operation costs also on a machine that is
 * busy with something else. Undefined where there is no /proc.
 */
export function cpuMs(pids: readonly number[]): number | undefined {
  try {
    const all = processes();
    const wanted = new Set(pids);
    return all.filter((p) => wanted.has(p.pid) || wanted.has(p.parent)).reduce((sum, p) => sum + p.cpuMs, 0);
  } catch {
    return undefined;
  }
}

/** Resident memory of a process in MB (2^20 bytes); undefined where there is no /proc. */
export function residentMb(pid: number): number | undefined {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1_024;
  } catch {
    return undefined;
  }
}
