/**
 * Words of Meta's under which a number is registered and sends. By the rules of limits of single numbers one of low quality
 * was FLAGGED, which changed nothing at once, and one at its limit RESTRICTED: until room appeared it could only reply (pages
 * of partners of 2022 to 2025; Meta, upcoming messaging limits changes, 2025-10-26).
 */
export const REGISTERED_STATUSES: readonly string[] = ['CONNECTED', 'FLAGGED', 'RESTRICTED'];

/** Whether a number with this status is registered at Meta, so that at least replies of it go out. */
export const isRegistered = (status: string): boolean => REGISTERED_STATUSES.includes(status);
