/** What a tenant's people and keys may touch. Reading and changing are told apart. */
export type Area =
  | 'messages' // messages, media, templates sent
  | 'templates'
  | 'numbers' // numbers, profiles, blocked customers, QR codes
  | 'webhooks'
  | 'contacts' // contacts, conversations, inbox
  | 'campaigns'
  | 'billing'
  | 'onboarding' // signups, setup links, applications
  | 'keys'
  | 'people' // users, roles, invitations
  | 'other'; // what no row of ROUTE_NEEDS names
export type Act = 'read' | 'write';
export type Permission = `${Area}.${Act}`;

export const TENANT_ROLES = ['owner', 'developer', 'agent', 'finance'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

const both = (...areas: Area[]): Permission[] => areas.flatMap((a): Permission[] => [`${a}.read`, `${a}.write`]);
const look = (...areas: Area[]): Permission[] => areas.map((a): Permission => `${a}.read`);

/** Who may do what. An owner also decides who else is there; a developer runs the integration; an agent talks. */
const OF_ROLE: Readonly<Record<TenantRole, readonly Permission[]>> = {
  owner: both(
    'messages',
    'templates',
    'numbers',
    'webhooks',
    'contacts',
    'campaigns',
    'billing',
    'onboarding',
    'keys',
    'people',
    'other',
  ),
  developer: [
    ...both('messages', 'templates', 'numbers', 'webhooks', 'contacts', 'campaigns', 'onboarding', 'keys', 'other'),
    ...look('billing', 'people'),
  ],
  agent: [...both('messages', 'contacts'), ...look('templates', 'numbers', 'campaigns')],
  finance: [...both('billing'), ...look('messages', 'numbers', 'campaigns')],
};

/** What a key may be given. People and keys are for people alone, so no key ever has more than these. */
export const KEY_SCOPES = [
  'messages',
  'templates',
  'numbers',
  'webhooks',
  'contacts',
  'campaigns',
  'billing',
  'onboarding',
] as const satisfies readonly Area[];
export type KeyScope = (typeof KEY_SCOPES)[number];

export const roleMay = (role: TenantRole, permission: Permission): boolean => OF_ROLE[role].includes(permission);

/** @param scopes null for a key without limits */
export function keyMay(scopes: readonly string[] | null, permission: Permission): boolean {
  const area = permission.slice(0, permission.indexOf('.')) as Area;
  if (area === 'keys' || area === 'people') return false;
  return scopes === null || scopes.includes(area);
}
