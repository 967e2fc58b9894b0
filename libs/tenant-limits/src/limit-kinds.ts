/** What the provider can limit of a tenant: what is counted exactly where it grows. */
export const LIMIT_KINDS = ['numbers', 'media_bytes'] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

interface KindOfLimit {
  /** What is counted, for people, with its number. */
  readonly words: (n: number) => string;
  /** What is used, of the tenant $1. */
  readonly used: string;
  /** When room comes. */
  readonly room: string;
}

const MIB = 1_048_576;

export const KINDS: Readonly<Record<LimitKind, KindOfLimit>> = {
  numbers: {
    words: (n) => `${n} ${n === 1 ? 'number' : 'numbers'}`,
    used: `SELECT count(*) AS used FROM phone_numbers WHERE tenant_id = $1 AND status <> 'DELETED'`,
    room: 'There is room when a number is given up.',
  },
  media_bytes: {
    words: (n) => `${Math.round((n / MIB) * 10) / 10} MiB of files`,
    used: 'SELECT coalesce(sum(file_size), 0) AS used FROM media_objects WHERE tenant_id = $1',
    room: 'There is room when files are deleted.',
  },
};

/**
 * Why more does not fit: the limit, what is used, and when there is room.
 *
 * @param most undefined: there is no limit
 * @returns undefined where it fits
 */
export function whyNoRoom(what: LimitKind, most: number | undefined, used: number, more: number): string | undefined {
  if (most === undefined || used + more <= most) return undefined;
  const { words, room } = KINDS[what];
  return `Your provider allows this account ${words(most)}, and ${words(used)} are used. ${room} Or ask your provider for more.`;
}
