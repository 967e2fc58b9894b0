/** Secrets that the provider has from Meta, or shares with it. */
export const SECRET_KINDS = {
  app_secret: { means: 'signs webhooks, and proves the app when it exchanges codes' },
  verify_token: { means: "answers Meta's handshake before it posts webhooks to an address" },
  system_user_token: { means: 'credit lines, and accounts of classic applications with all that their numbers do' },
} as const;
export type SecretKind = keyof typeof SECRET_KINDS;

export const isSecretKind = (text: string): text is SecretKind => Object.hasOwn(SECRET_KINDS, text);

/** One of a kind, and until when what it replaced is accepted beside it. */
export interface Overlapping {
  readonly previousUntil: Date;
}

/**
 * Which secrets count at an instant: the newest, and what it replaced as long as their overlap lasts, and so on back to the
 * settings of the environment.
 *
 * @param rows newest first
 * @returns how many of the rows count, and whether the environment's does
 */
export function accepted(rows: readonly Overlapping[], now: Date): { rows: number; environment: boolean } {
  const last = rows.findIndex((row) => row.previousUntil.getTime() <= now.getTime());
  return last < 0 ? { rows: rows.length, environment: true } : { rows: last + 1, environment: false };
}
