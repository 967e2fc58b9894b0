import { UNKNOWN_POLICIES } from '#libs/message-status';
import type { Lab } from './lab.js';
import { workLeft } from './work-left.js';

const GRACE_SECONDS = Object.fromEntries(
  Object.entries(UNKNOWN_POLICIES).map(([category, policy]) => [category, policy.graceSeconds]),
);
const LOOK_EVERY_MS = 250;
/** The clock is moved so far past the next instant, because what happened in one minute waits for times of one minute. */
const PAST_MS = 60_000;
/** Work that is due and is not done for so long is left undone. */
const PATIENCE_MS = 90_000;

/**
 * Waits until nothing is left to do. What waits for a time (a gap between two tries, the rest of an endpoint, the grace
 * of a message in doubt) is not waited for: when nothing else is left, the clock that all share is moved there.
 *
 * @returns how much was left undone: 0, or work that was due and did not move for a minute and a half
 */
export async function settle(lab: Lab): Promise<number> {
  let seen = '';
  let movedAt = performance.now();
  for (;;) {
    const work = await workLeft(lab, GRACE_SECONDS);
    const { timers, webhooks_pending } = await lab.sandbox<{ timers: number; webhooks_pending: number }>('state');
    const atMeta = timers + webhooks_pending + lab.mail.pending;
    const now = JSON.stringify([work, atMeta]);
    if (now !== seen) movedAt = performance.now();
    seen = now;
    if (work && work.now === 0 && atMeta === 0) {
      if (work.later === 0 || !work.nextAt) return 0;
      const { now: clock } = await lab.sandbox<{ now: string }>('clock');
      await lab.sandbox('clock', { advance_ms: Math.max(0, work.nextAt.getTime() - Date.parse(clock)) + PAST_MS });
      continue;
    }
    if (performance.now() - movedAt > PATIENCE_MS) return work ? work.now + work.later + atMeta : 1;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
