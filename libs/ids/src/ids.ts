import { createHash, randomFillSync, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

let lastMs = Number.NaN;
let sequence = 0;

/** Asking the system for sixteen bytes costs as much as asking for many; every id takes its own of these, once. */
const random = Buffer.alloc(256 * 16);
let taken = random.length;

/**
 * A new UUIDv7: time-ordered, so primary keys stay local in the index and tables can be partitioned by id. Ids that a
 * process makes for one instant follow each other too, so what it accepts keeps its order.
 *
 * @param now the instant the id carries (the caller's clock, which may be the sandbox's)
 */
export function newId(now: Date): string {
  const msecs = now.getTime();
  // 32 bits of sequence, begun in the lower half: two billion ids of one millisecond before it would wrap.
  sequence = msecs === lastMs ? (sequence + 1) >>> 0 : randomInt(0x8000_0000);
  lastMs = msecs;
  if (taken === random.length) {
    randomFillSync(random);
    taken = 0;
  }
  taken += 16;
  return v7({ msecs, seq: sequence, random: random.subarray(taken - 16, taken) });
}

/**
 * An id in the layout of UUIDv7 that is a function of its inputs: the same fact told twice gets the same id, so a
 * primary key alone makes a repeat harmless, also in a table that is partitioned by id.
 *
 * @param at    when the fact happened, by its own timestamp (not when we heard of it)
 * @param parts what makes the fact unique, e.g. number and message id of Meta
 */
export function derivedId(at: Date, ...parts: string[]): string {
  const digest = createHash('sha256').update(parts.join('\u0000')).digest();
  return v7({ msecs: at.getTime(), random: digest.subarray(0, 16), seq: digest.readUInt32BE(16) });
}

/** The smallest id of an instant: a bound for ranges over time-ordered ids. Before 1970 there are none. */
export function firstIdAt(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** The instant that a time-ordered id carries, to the millisecond. */
export const timeOfId = (id: string): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/** The sixteen bytes of an id, for where its text would be too long. */
export const bytesOfId = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');

/** The id of sixteen bytes. */
export const idOfBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * The smallest and the largest of ids: bounds by which PostgreSQL passes over the months that hold none of them, also with
 * a plan that was made before it knew the ids.
 *
 * @param ids at least one
 */
export function spanOf(ids: readonly string[]): [string, string] {
  const first = ids[0];
  if (first === undefined) throw new Error('spanOf needs an id');
  return ids.reduce(([least, most], id) => [id < least ? id : least, id > most ? id : most], [first, first]);
}
