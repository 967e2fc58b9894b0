import { needOf } from '#libs/tenants';
import { connectNumber, openAccount } from '../../tools/stack/merchant.js';
import { http } from '../support/app.js';
import { type RunningStack, runningStack } from '../support/stack.js';
import { nameOf, PUBLIC, routesOf, type TenantRoute } from '../support/tenant-routes.js';

const PLAN = {
  name: 'Two Tills',
  email: 'owner@two-tills.example',
  country: 'MX',
  currency: 'USD',
  timezone: 'America/Mexico_City',
};

/** What a key for one number or account may call of the native routes, and what it says then to name it. */
const OPEN: Readonly<Record<string, 'query' | 'body' | 'path' | 'nothing'>> = {
  'gateway GET /api/v1/headroom': 'nothing',
  'gateway GET /api/v1/messages': 'query',
  'gateway POST /api/v1/messages': 'body',
  'gateway POST /api/v1/messages/batches': 'body',
  'gateway GET /api/v1/messages/{id}': 'nothing',
  'gateway DELETE /api/v1/messages/{id}': 'nothing',
  'gateway GET /api/v1/phone-numbers/{phoneNumberId}/headroom': 'path',
  'gateway GET /api/v1/phone-numbers/{phoneNumberId}/service-windows/{customer}': 'path',
  'gateway GET /api/v1/phone-numbers/{phoneNumberId}/messaging-limit': 'path',
  'gateway POST /api/v1/phone-numbers/{phoneNumberId}/messaging-limit/plan': 'path',
  'gateway GET /api/v1/phone-numbers/{id}/on-premises-client': 'path',
  'gateway PUT /api/v1/phone-numbers/{id}/on-premises-client': 'path',
  'gateway DELETE /api/v1/phone-numbers/{id}/on-premises-client': 'path',
  'gateway POST /api/v1/phone-numbers/{id}/on-premises-client/move-to-cloud': 'path',
  'gateway GET /api/v1/templates': 'query',
  'gateway POST /api/v1/templates': 'body',
  'gateway DELETE /api/v1/templates': 'query',
  'gateway GET /api/v1/templates/sync': 'nothing',
  'gateway POST /api/v1/templates/sync': 'body',
  'gateway GET /api/v1/templates/library': 'nothing',
  'gateway POST /api/v1/templates/library/{key}': 'body',
  'gateway POST /api/v1/templates/check': 'nothing',
  'gateway GET /api/v1/templates/{id}': 'nothing',
  'gateway PATCH /api/v1/templates/{id}': 'nothing',
  'gateway DELETE /api/v1/templates/{id}': 'nothing',
  'gateway POST /api/v1/templates/{id}/unpause': 'nothing',
  'onboarding GET /api/v1/numbers': 'nothing',
  'onboarding POST /api/v1/numbers': 'body',
  'onboarding GET /api/v1/numbers/{id}': 'path',
  'onboarding DELETE /api/v1/numbers/{id}': 'path',
  'onboarding POST /api/v1/numbers/{id}/code': 'path',
  'onboarding POST /api/v1/numbers/{id}/verify': 'path',
  'onboarding POST /api/v1/numbers/{id}/register': 'path',
  'onboarding POST /api/v1/numbers/{id}/deregister': 'path',
  'onboarding POST /api/v1/numbers/{id}/pin': 'path',
  'onboarding POST /api/v1/numbers/{id}/display-name': 'path',
  'onboarding GET /api/v1/numbers/{id}/leaving': 'path',
  'onboarding GET /api/v1/numbers/{id}/chat-link': 'path',
  'onboarding GET /api/v1/numbers/{id}/qr-codes': 'path',
  'onboarding POST /api/v1/numbers/{id}/qr-codes': 'path',
  'onboarding DELETE /api/v1/numbers/{id}/qr-codes/{code}': 'path',
  'onboarding GET /api/v1/numbers/{id}/profile': 'path',
  'onboarding POST /api/v1/numbers/{id}/profile': 'path',
  'onboarding POST /api/v1/numbers/{id}/profile/picture': 'path',
  'billing POST /api/v1/estimates': 'body',
};
const NOBODYS = '0190a000-0000-7000-8000-000000000000';

describe('a key for one number of a merchant who has several', () => {
  let stack: RunningStack;
  let routes: TenantRoute[];
  let own: { phoneNumberId: string; wabaId: string };
  /** Meta's ids of another number of the same account, and of a number of another account with that. */
  let others: string[];
  let ofNumber: string;
  let ofAccount: string;

  beforeAll(async () => {
    stack = runningStack();
    const { onboarding, sandbox } = stack;
    const reach = {
      urls: { onboarding: onboarding.url, sandbox: sandbox.url },
      secrets: { ownerPassword: 'a password of two tills', staffPassword: stack.staff.password },
    };
    const { session } = await openAccount(reach, PLAN);
    const till = await connectNumber(reach, session, PLAN);
    const { businessId, wabaId, phoneNumberId } = till;
    const sibling = await connectNumber(reach, session, { ...PLAN, account: { businessId, wabaId } });
    const branch = await connectNumber(reach, session, { ...PLAN, name: 'Branch' });
    own = { phoneNumberId, wabaId };
    others = [sibling.phoneNumberId, branch.phoneNumberId, branch.wabaId];
    expect(new Set([phoneNumberId, wabaId, ...others]).size).toBe(5);
    const keyFor = async (limit: object) => {
      const body = { name: 'till', ...limit };
      return (await http('POST', `${onboarding.url}/api/v1/api-keys`, { token: session, body })).body.api_key;
    };
    ofNumber = await keyFor({ phone_number_id: phoneNumberId });
    ofAccount = await keyFor({ waba_id: wabaId });
    routes = (await routesOf(stack)).filter(
      (route) =>
        route.path.startsWith('/api/') &&
        !(nameOf(route) in PUBLIC) &&
        needOf(route.method, route.path.replace(/\{(\w+)\}/g, ':$1')) !== 'own',
    );
  }, 120_000);

  const call = (
    route: TenantRoute,
    token: string,
    { id, query, body = {} }: { id: string; query?: object; body?: object },
  ) =>
    http(
      route.method,
      `${stack[route.app].url}${route.path.replace(/\{\w+\}/g, id)}?${new URLSearchParams({ ...query })}`,
      { token, ...(['GET', 'DELETE'].includes(route.method) ? {} : { body }) },
    );
  const names = () => ({ phone_number_id: own.phoneNumberId, waba_id: own.wabaId });

  it('is refused by every native route that is not bounded to it, whatever it names, and wherever', async () => {
    expect(routes.length).toBeGreaterThan(150);
    expect(Object.keys(OPEN).filter((name) => !routes.some((route) => nameOf(route) === name))).toEqual([]);
    const letIn: string[] = [];
    for (const route of routes.filter((r) => !(nameOf(r) in OPEN))) {
      for (const id of [own.phoneNumberId, NOBODYS]) {
        for (const token of [ofNumber, ofAccount]) {
          const query = token === ofNumber ? names() : { waba_id: own.wabaId };
          const { status } = await call(route, token, { id, query, body: query });
          // Keys and people are for people alone, whatever a key is for.
          if (status !== 403 && status !== 401) letIn.push(`${nameOf(route)} with ${id}: ${status}`);
        }
      }
    }
    expect(letIn).toEqual([]);
  }, 120_000);

  it('does not count as named what a route takes no notice of', async () => {
    const letIn: string[] = [];
    for (const route of routes.filter((r) => ['query', 'body'].includes(OPEN[nameOf(r)] ?? ''))) {
      const inQuery = OPEN[nameOf(route)] === 'query';
      if (inQuery && route.method !== 'GET') continue;
      const elsewhere = inQuery ? { body: names() } : { query: names() };
      const { status, body } = await call(route, ofNumber, { id: 'any', ...elsewhere });
      if (status !== 403) letIn.push(`${nameOf(route)}: ${status} ${JSON.stringify(body)}`);
    }
    expect(letIn).toEqual([]);
  });

  it('reads of the routes that are bounded to it nothing of another number', async () => {
    const lists = routes.filter((r) => r.method === 'GET' && r.params.length === 0 && nameOf(r) in OPEN);
    expect(lists.length).toBeGreaterThan(4);
    for (const route of lists) {
      const query = route.path.includes('templates') ? { waba_id: own.wabaId } : { phone_number_id: own.phoneNumberId };
      const { status, body } = await call(route, ofNumber, { id: '', query });
      expect([nameOf(route), status]).toEqual([nameOf(route), 200]);
      expect(others.filter((id) => JSON.stringify(body).includes(id))).toEqual([]);
    }
    const numbers = routes.find((r) => nameOf(r) === 'onboarding GET /api/v1/numbers') as TenantRoute;
    const idsOf = async (token: string) =>
      (await call(numbers, token, { id: '' })).body.data.map(({ id }: { id: string }) => id).sort();
    expect(await idsOf(ofNumber)).toEqual([own.phoneNumberId]);
    expect(await idsOf(ofAccount)).toEqual([own.phoneNumberId, others[0] as string].sort());
    const listed = await http('GET', `${stack.gateway.url}/${own.wabaId}/phone_numbers`, { token: ofNumber });
    expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([own.phoneNumberId]);
  });

  it('finds another number nowhere by its id', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((r) => OPEN[nameOf(r)] === 'path')) {
      for (const id of others) {
        const { status } = await call(route, ofNumber, { id, query: names() });
        if (status !== 403) wrong.push(`${nameOf(route)} with ${id}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
