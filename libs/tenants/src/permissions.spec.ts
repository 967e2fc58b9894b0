import { KEY_SCOPES, keyMay, roleMay, TENANT_ROLES, type TenantRole } from './permissions.js';
import { needOf } from './route-needs.js';

describe('what a person may do', () => {
  // One row per route, read aloud: who is let in.
  const ALL: TenantRole[] = [...TENANT_ROLES];
  it.each<[method: string, route: string, roles: TenantRole[]]>([
    ['GET', '/api/v1/me', ALL],
    ['DELETE', '/api/v1/sessions/:id', ALL],
    ['POST', '/api/v1/password/change', ALL],
    ['POST', '/api/v1/second-factor', ALL],
    ['GET', '/api/v1/users', ['owner', 'developer']],
    ['PATCH', '/api/v1/users/:id', ['owner']],
    ['POST', '/api/v1/invitations', ['owner']],
    ['GET', '/api/v1/api-keys', ['owner', 'developer']],
    ['POST', '/api/v1/api-keys/:id/rotate', ['owner', 'developer']],
    ['POST', '/api/v1/signups', ['owner', 'developer']],
    ['POST', '/api/v1/setup-links', ['owner', 'developer']],
    ['POST', '/api/v1/numbers/:id/register', ['owner', 'developer']],
    ['GET', '/api/v1/numbers', ALL],
    ['GET', '/v1/health', ALL],
    ['POST', '/api/v1/messages', ['owner', 'developer', 'agent']],
    ['GET', '/api/v1/messages', ALL],
    ['POST', '/:phoneNumberId/messages', ['owner', 'developer', 'agent']],
    ['POST', '/:wabaId/message_templates', ['owner', 'developer']],
    ['POST', '/:templateId', ['owner', 'developer']],
    ['POST', '/api/v1/webhooks', ['owner', 'developer']],
    ['PUT', '/api/v1/contacts/:id', ['owner', 'developer', 'agent']],
    ['POST', '/api/v1/inbox/conversations/:id/messages', ['owner', 'developer', 'agent']],
    ['POST', '/api/v1/campaigns', ['owner', 'developer']],
    ['GET', '/api/v1/invoices/:month', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/issued-invoices', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/issued-invoices/:id', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/issued-invoices/:id/csv', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/issued-invoices/:id/pdf', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/charges/:message', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/unpriced-messages', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/usage', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/statement', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/plan', ['owner', 'developer', 'finance']],
    ['GET', '/api/v1/rate-cards/:currency', ['owner', 'developer', 'finance']],
    ['POST', '/api/v1/estimates', ['owner', 'developer', 'finance']],
    ['PATCH', '/api/v1/wallet', ['owner', 'finance']],
    ['POST', '/api/v1/wallet/top-ups', ['owner', 'finance']],
    ['GET', '/api/v1/something-new', ['owner', 'developer']],
  ])('%s %s is for %j', (method, route, roles) => {
    const need = needOf(method, route);
    expect(ALL.filter((role) => need === 'own' || roleMay(role, need))).toEqual(roles);
  });
});

describe('what a key may do', () => {
  // Whoever lets a key read contacts has not let it write to them.
  it.each([
    ['POST', '/api/v1/inbox/conversations/:id/messages', 'messages'],
    ['POST', '/api/v1/catalogues/:id/messages', 'messages'],
    ['POST', '/api/v1/inbox/conversations/:id/give', 'contacts'],
    ['GET', '/api/v1/inbox/conversations/:id/lines', 'contacts'],
    ['POST', '/api/v1/events', 'messages'],
  ] as const)('%s %s needs the scope %s alone', (method, route, scope) => {
    const need = needOf(method, route);
    const enough = KEY_SCOPES.filter((one) => need === 'own' || keyMay([one], need));
    expect(enough).toEqual([scope]);
  });

  it('is never to make keys or change people, whatever its scopes', () => {
    for (const scopes of [null, [...KEY_SCOPES], ['keys', 'people']]) {
      expect(keyMay(scopes, 'keys.write')).toBe(false);
      expect(keyMay(scopes, 'people.read')).toBe(false);
    }
  });

  it('is what its scopes name, and everything else when it has none', () => {
    expect(keyMay(['messages'], 'messages.write')).toBe(true);
    expect(keyMay(['billing'], 'billing.write')).toBe(true);
    expect(keyMay(['messages'], 'templates.read')).toBe(false);
    expect(keyMay(['messages'], 'other.read')).toBe(false);
    for (const scope of KEY_SCOPES) expect(keyMay(null, `${scope}.write`)).toBe(true);
  });
});
