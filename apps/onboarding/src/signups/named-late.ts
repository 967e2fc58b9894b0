import type { SignupFacts } from './signup.entity.js';
import type { SignupEvent } from './signup-event.js';

/** What an event named after the signup had gone live from its code alone. */
export type NamedLate = NonNullable<SignupFacts['namedLate']>;

/**
 * What the dialog was about, where that is not what is live.
 *
 * @param held of a signup that is live
 * @returns undefined where it is the same, or the event does not say
 */
export function namedLate(
  told: Extract<SignupEvent, { told: 'finished' }>,
  held: Readonly<SignupFacts>,
): NamedLate | undefined {
  const phoneNumberId = told.phoneNumberId ?? (told.coexistence ? held.numberOfApp : undefined);
  const isOther =
    (told.wabaId !== undefined && told.wabaId !== held.wabaId) ||
    (phoneNumberId !== undefined && phoneNumberId !== held.phoneNumberId) ||
    // A number of the app was connected, and what is live is none.
    (told.coexistence && !held.coexistence);
  if (!isOther) return undefined;
  return {
    ...(told.wabaId ? { wabaId: told.wabaId } : {}),
    ...(phoneNumberId ? { phoneNumberId } : {}),
    ...(told.coexistence ? { byApp: true } : {}),
  };
}
