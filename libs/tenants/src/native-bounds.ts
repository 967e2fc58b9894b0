/**
 * What keeps a key for one account or number within it on a native route:
 * - a place and a name: the route is about what is named there, and about nothing else; `account` is the account as a whole
 * - `asks`: its handler asks `requireReach` or `reaches`
 * - `same`: it tells everybody the same, or keeps nothing
 */
export type Bound = { in: 'params' | 'query' | 'body'; name: string; account?: true } | 'asks' | 'same';

/**
 * The native routes that such a key may call, by method and pattern; the first row that fits. What no row names belongs to the
 * tenant as a whole, so a forgotten route is closed: contacts, campaigns, money, signups, webhooks.
 */
const BOUNDS: readonly (readonly [pattern: RegExp, bound: Bound])[] = [
  [/^GET \/api\/v1\/messages$/, { in: 'query', name: 'phone_number_id' }],
  [/^POST \/api\/v1\/messages(\/batches)?$/, { in: 'body', name: 'phone_number_id' }],
  [/^(GET|DELETE) \/api\/v1\/messages\/:id$/, 'asks'],
  [/^GET \/api\/v1\/(headroom|numbers|templates\/sync)$/, 'asks'],
  [/^\w+ \/api\/v1\/phone-numbers\/:phoneNumberId\//, { in: 'params', name: 'phoneNumberId' }],
  [/^\w+ \/api\/v1\/(phone-numbers|numbers)\/:id(\/|$)/, { in: 'params', name: 'id' }],
  [/^POST \/api\/v1\/numbers$/, { in: 'body', name: 'waba_id', account: true }],
  [/^(GET \/api\/v1\/templates\/library|POST \/api\/v1\/templates\/check)$/, 'same'],
  [/^POST \/api\/v1\/templates(\/sync|\/library\/:key)?$/, { in: 'body', name: 'waba_id' }],
  [/^(GET|DELETE) \/api\/v1\/templates$/, { in: 'query', name: 'waba_id' }],
  [/^\w+ \/api\/v1\/templates\/:id(\/|$)/, 'asks'],
  [/^POST \/api\/v1\/estimates$/, { in: 'body', name: 'waba_id' }],
];

/**
 * @param method HTTP method
 * @param route  the route's pattern, e.g. `/api/v1/templates/:id`
 * @returns undefined for a route that is closed to keys for one account or number
 */
export function boundOf(method: string, route: string): Bound | undefined {
  const call = `${method === 'HEAD' ? 'GET' : method} ${route}`;
  return BOUNDS.find(([pattern]) => pattern.test(call))?.[1];
}
