import { hash, verify } from '@node-rs/argon2';

/** Argon2id with the library's defaults (19 MiB, 2 passes), OWASP's first recommendation of 2024. */
export const hashPassword = (password: string): Promise<string> => hash(password);

// Compared when no account is found, so that an unknown address takes as long as a wrong password.
const NOBODY = hash('nobody has this password');

/** @param stored the account's hash, or undefined when there is no such account */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await NOBODY), password);
  return stored !== undefined && matches;
}
