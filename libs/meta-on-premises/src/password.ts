// Kinds of characters of which a password needs one each (Meta, On-Premises users, stored copy of 2026-05).
const NEEDED: readonly (readonly [RegExp, string])[] = [
  [/\d/, 'a digit'],
  [/\p{Lu}/u, 'an upper-case letter'],
  [/\p{Ll}/u, 'a lower-case letter'],
  [/[^\p{L}\d]/u, 'a special character'],
];

/** What a new password of an On-Premises user lacks, in words; undefined when the client will take it. */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 8 || password.length > 64) return 'must have 8 to 64 characters';
  const lacking = NEEDED.filter(([pattern]) => !pattern.test(password)).map(([, name]) => name);
  return lacking.length > 0 ? `needs ${lacking.join(' and ')}` : undefined;
}
