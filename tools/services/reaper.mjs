// Ends what its parent started, however the parent ends. It reads lines from standard input, `pid N` and `rm PATH`;
// when the input closes (a clean stop, Ctrl-C or kill -9 of the parent alike) it ends those processes and removes those
// folders. It runs in a process group of its own, so a Ctrl-C in the terminal does not reach it.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const pids = new Set();
const folders = new Set();
const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const signal = (pid, name) => {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
};

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [verb, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (verb === 'pid') pids.add(Number(rest));
    if (verb === 'forget') pids.delete(Number(rest));
    if (verb === 'rm') folders.add(rest);
  })
  .on('close', () => {
    // Newest first: apps before the servers they use. SIGINT is PostgreSQL's fast shutdown and Redis's stop.
    const order = [...pids].reverse();
    for (const pid of order) signal(pid, 'SIGINT');
    const deadline = Date.now() + 8_000;
    const wait = setInterval(() => {
      const left = order.filter(alive);
      if (left.length > 0 && Date.now() < deadline) return;
      for (const pid of left) signal(pid, 'SIGKILL');
      clearInterval(wait);
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }, 50);
  });
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});
