import { setTimeout as sleep } from 'node:timers/promises';
import type { Ready } from './claim-messages.js';
import type { Pace } from './pace.js';

/** How often places are looked for that an answer may have freed. */
const LOOK_FOR_PLACES_MS = 25;

/** Resolves when a message may be sent; one that is not sent after all needs no place. */
export async function placeFor(ready: Ready, pace: Pace): Promise<void> {
  if ('instead' in ready) return;
  const waitMs = () => pace.waitMs(ready.message, performance.now());
  for (let ms = waitMs(); ms > 0; ms = waitMs()) await sleep(Math.min(LOOK_FOR_PLACES_MS, Math.max(1, ms)));
}
