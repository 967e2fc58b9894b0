import { timingSafeEqual } from 'node:crypto';

/** Whether what was given is that secret text, in a time that tells nothing of its characters. */
export function sameText(given: unknown, wanted: string): boolean {
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
