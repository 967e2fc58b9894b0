import type { Caller } from '#libs/tenants';

/** Who did something through the API, as it is kept beside what they did: `user:id` or `key:id`. */
export const makerOf = ({ userId, apiKeyId }: Caller): string =>
  userId ? `user:${userId}` : apiKeyId ? `key:${apiKeyId}` : 'paloma';
