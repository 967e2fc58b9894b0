import { needOf } from '#libs/tenants';
import { http } from '../support/app.js';
import { type RunningStack, runningStack } from '../support/stack.js';
import { nameOf, PUBLIC, routesOf, type TenantRoute } from '../support/tenant-routes.js';

/** Routes of no area, on purpose: they are for owners, developers and keys without limits. Each with its reason. */
const OF_NO_AREA: Readonly<Record<string, string>> = {
  'gateway POST /api/v1/exports': 'takes along what is of every area',
  'engagement GET /api/v1/erasures': 'as the next',
  'engagement POST /api/v1/erasures': 'forgets a customer in every area, for good',
  'engagement GET /api/v1/erasures/{id}': 'as the one before',
  'engagement GET /api/v1/shop-sources': 'as the next',
  'engagement POST /api/v1/shop-sources': 'connects a shop: a part of the integration (docs/api/shops.md)',
  'engagement DELETE /api/v1/shop-sources/{id}': 'as the one before',
};

describe('the scopes of keys and the roles of people', () => {
  let stack: RunningStack;
  let routes: TenantRoute[];
  beforeAll(async () => {
    stack = runningStack();
    routes = (await routesOf(stack)).filter((route) => !(nameOf(route) in PUBLIC));
  });

  it('have an area for every route of every app, but those that are of none on purpose', () => {
    const need = ({ method, path }: TenantRoute) => needOf(method, path.replace(/\{(\w+)\}/g, ':$1'));
    expect(routes.length).toBeGreaterThan(150);
    const ofNone = routes.filter((route) => need(route).startsWith('other.')).map(nameOf);
    expect(ofNone.sort()).toEqual(Object.keys(OF_NO_AREA).sort());
  });

  it('let a key for billing read everything that the billing app lists, and nothing of customers', async () => {
    const [shop] = stack.tenants;
    const onboarding = `${stack.onboarding.url}/api/v1`;
    const { access_token: token } = (await http('POST', `${onboarding}/sessions`, { body: shop.owner })).body;
    const body = { name: 'books', scopes: ['billing'] };
    const { api_key: key } = (await http('POST', `${onboarding}/api-keys`, { token, body })).body;
    const lists = routes.filter((r) => r.app === 'billing' && r.method === 'GET' && r.params.length === 0);
    expect(lists.map((r) => r.path)).toEqual(
      expect.arrayContaining(['/api/v1/issued-invoices', '/api/v1/statement', '/api/v1/rate-cards']),
    );
    for (const { path } of lists) {
      const { status } = await http('GET', `${stack.billing.url}${path}`, { token: key });
      expect([path, status]).toEqual([path, 200]);
    }
    const refused = await http('GET', `${stack.engagement.url}/api/v1/contacts`, { token: key });
    expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('contacts')]);
  });
});
