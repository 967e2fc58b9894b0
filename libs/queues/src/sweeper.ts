import { Injectable } from '@nestjs/common';
import type { LaneName, Lanes } from './jobs.js';
import { Periodic } from './periodic.js';
import { Wake } from './wake.js';

/** Wakes lanes whose work waits although nobody woke them: Redis was lost, or whoever should have woken them died. */
@Injectable()
export class Sweeper {
  constructor(
    private readonly periodic: Periodic,
    private readonly wake: Wake,
  ) {}

  /**
   * Looks at once, and then again and again.
   *
   * @param everyMs how long a forgotten lane may sleep
   * @param find    the lanes that have work now; asked so often, it may cost as much as there are lanes, not rows
   */
  every<N extends LaneName>(name: N, everyMs: number, find: () => Promise<readonly Lanes[N][]>): void {
    this.periodic.every(`sweep ${name}`, everyMs, async () => {
      for (const lane of await find()) void this.wake.lane(name, lane);
    });
  }
}
