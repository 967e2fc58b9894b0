/**
 * Whether an id of a message is an On-Premises client's: the Cloud API's begin with `wamid.`, the client's are `gBEG…` and
 * `ABGG…` (Meta's On-Premises webhook pages, stored copies of 2026-05).
 */
export const isOnPremisesMessageId = (id: string): boolean => !id.startsWith('wamid.');

/** Whether an id of a file is an On-Premises client's: a UUID (the same pages); the Cloud API's are digits. */
export const isOnPremisesMediaId = (id: string): boolean => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id);
