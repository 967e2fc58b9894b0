import type { Area, Permission } from './permissions.js';

/** Open to everybody who is let in: who am I, my own sessions, password and second factor. */
export type Need = Permission | 'own';

/**
 * Which area a route belongs to, by its pattern; the first row that fits. It covers every tenant app, so that who may do
 * what is read in one place. What no row names is `other`: for owners, developers and keys without limits.
 */
const ROUTE_NEEDS: readonly (readonly [pattern: RegExp, area: Area | 'own'])[] = [
  [/^\/api\/v1\/(me|sessions|password|second-factor|email)(\/|$)/, 'own'],
  [/^\/api\/v1\/(users|invitations|support-accesses)(\/|$)/, 'people'],
  [/^\/api\/v1\/api-keys(\/|$)/, 'keys'],
  [/^\/api\/v1\/(signups|setup-links|applications|reviews)(\/|$)/, 'onboarding'],
  [/^\/api\/v1\/(numbers|phone-numbers|headroom|wabas)(\/|$)/, 'numbers'],
  [
    /^\/api\/v1\/(charges|unpriced-messages|usage|statement|estimates|invoices|issued-invoices|ledger|plan|rate-cards|wallet)(\/|$)/,
    'billing',
  ],
  [/^\/api\/v1\/(catalogues|inbox\/conversations)\/:id\/messages$/, 'messages'],
  [/^\/api\/v1\/(campaigns|segments|automations|catalogues|broadcasts|bots)(\/|$)/, 'campaigns'],
  [/^\/api\/v1\/(contacts|conversations|inbox|quick-replies|consents|notes|orders)(\/|$)/, 'contacts'],
  [/(^|\/)(webhooks?|(waba|multi)_webhook|subscribed_apps)(\/|$)|\/settings\/application$/, 'webhooks'],
  [/(^|\/)(message_templates|templates|:templateId)(\/|$)/, 'templates'],
  [/(^|\/)(messages|marketing_messages|media|attachments|contacts|events)(\/|$)/, 'messages'],
  [
    /(^|\/)(phone_numbers?|register|deregister|request_code|verify_code|whatsapp_business_profile|settings|block_users|message_qrdls|health_status|health|account)(\/|$)/,
    'numbers',
  ],
  [/^\/:\w+$/, 'messages'], // a node by its id: number, template, account or file
];

/** Routes that only answer a question although it is posted, being too long for an address. */
const ASKS = /^\/api\/v1\/estimates$/;

/**
 * @param method HTTP method
 * @param route  the route's pattern, e.g. `/api/v1/signups/:id`
 */
export function needOf(method: string, route: string): Need {
  const area = ROUTE_NEEDS.find(([pattern]) => pattern.test(route))?.[1] ?? 'other';
  if (area === 'own') return 'own';
  return `${area}.${method === 'GET' || method === 'HEAD' || ASKS.test(route) ? 'read' : 'write'}`;
}
