import { randomInt } from 'node:crypto';

/** A two-step PIN of six digits. */
export const newPin = (): string => String(randomInt(0, 1_000_000)).padStart(6, '0');
