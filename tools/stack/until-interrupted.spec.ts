import { untilInterrupted } from './until-interrupted.js';

describe('a stack that npm started', () => {
  it('stops when npm and its shell are gone, for their signals do not reach it', async () => {
    let pid = 42;
    const interrupted = untilInterrupted({ isNpm: true, pid: () => pid });
    pid = 1;
    // The look itself keeps no process alive.
    const awake = setInterval(() => {}, 1_000);
    await interrupted;
    clearInterval(awake);
  });
});
