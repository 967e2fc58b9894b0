import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventually, http } from '../support/app.js';
import { type RunningStack, runningStack, type StackMerchant } from '../support/stack.js';
import { nameOf, PUBLIC, routesOf, TENANT_APPS, type TenantApp, type TenantRoute } from '../support/tenant-routes.js';

const ORDER_UPDATE = {
  messaging_product: 'whatsapp',
  to: '+5215512345678',
  type: 'template',
  template: {
    name: 'order_update',
    language: { code: 'en_US' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Eve' },
          { type: 'text', text: '1' },
        ],
      },
    ],
  },
};

/** A body that passes validation, so that a refusal comes from ownership. A new writing route must be added here. */
const BODIES: Readonly<Record<string, unknown>> = {
  'gateway POST /{phoneNumberId}/messages': ORDER_UPDATE,
  'gateway POST /{phoneNumberId}/marketing_messages': ORDER_UPDATE,
  'gateway POST /api/v1/exports': {},
  'gateway POST /api/v1/messages': {
    phone_number_id: '1',
    to: '+5215512345678',
    type: 'template',
    template: { name: 'order_update', language: { code: 'en_US' } },
  },
  'gateway POST /api/v1/messages/batches': {
    phone_number_id: '1',
    messages: [
      { to: '+5215512345678', type: 'template', template: { name: 'order_update', language: { code: 'en_US' } } },
    ],
  },
  'engagement POST /api/v1/campaigns': {
    name: 'planted',
    phone_number_ids: ['1'],
    variants: [{ template: 'spring_sale', language: 'en_US' }],
    audience: 'list',
  },
  'engagement PUT /api/v1/campaigns/{id}': {
    name: 'planted',
    phone_number_ids: ['1'],
    variants: [{ template: 'spring_sale', language: 'en_US' }],
    audience: 'list',
  },
  'engagement POST /api/v1/campaigns/{id}/preview': {},
  'engagement POST /api/v1/campaigns/{id}/launch': {},
  'engagement POST /api/v1/campaigns/{id}/pause': {},
  'engagement POST /api/v1/campaigns/{id}/resume': {},
  'engagement POST /api/v1/campaigns/{id}/cancel': {},
  'engagement POST /api/v1/campaigns/{id}/recipients': { recipients: [{ to: '+5215512345678' }] },
  'gateway POST /{phoneNumberId}/media': {},
  'gateway POST /{wabaId}/message_templates': {
    name: 'planted_by_another',
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Planted.' }],
  },
  'gateway POST /{templateId}': { components: [{ type: 'BODY', text: 'Planted.' }] },
  'gateway POST /{templateId}/unpause': {},
  'gateway POST /api/v1/templates': {
    waba_id: '1',
    name: 'planted_by_another',
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Planted.' }],
  },
  'gateway POST /api/v1/phone-numbers/{phoneNumberId}/messaging-limit/plan': { customers: ['+5215512345678'] },
  'gateway POST /api/v1/templates/check': {},
  'gateway POST /api/v1/templates/carry': { from_waba_id: '1', to_waba_id: '2' },
  'gateway POST /api/v1/templates/sync': { waba_id: '1' },
  'gateway POST /api/v1/templates/library/{key}': { waba_id: '1' },
  'gateway PATCH /api/v1/templates/{id}': { components: [{ type: 'BODY', text: 'Planted.' }] },
  'gateway POST /api/v1/templates/{id}/unpause': {},
  'gateway POST /{wabaId}/subscribed_apps': {},
  'gateway POST /{phoneNumberId}/register': { messaging_product: 'whatsapp', pin: '000000' },
  'gateway POST /{phoneNumberId}/deregister': {},
  'gateway POST /{phoneNumberId}/request_code': { code_method: 'SMS', language: 'en_US' },
  'gateway POST /{phoneNumberId}/verify_code': { code: '000000' },
  'gateway POST /{phoneNumberId}/whatsapp_business_profile': { messaging_product: 'whatsapp', about: 'Planted.' },
  'gateway POST /{phoneNumberId}/settings': { planted: true },
  'gateway POST /{phoneNumberId}/block_users': {
    messaging_product: 'whatsapp',
    block_users: [{ user: '+5215512345678' }],
  },
  'gateway DELETE /{phoneNumberId}/block_users': {
    messaging_product: 'whatsapp',
    block_users: [{ user: '+5215512345678' }],
  },
  'gateway POST /{phoneNumberId}/message_qrdls': { prefilled_message: 'Planted.' },
  // Those of 360dialog name no object: the key's own number is meant.
  'gateway POST /messages': {},
  'gateway POST /marketing_messages': {},
  'gateway POST /media': {},
  'gateway POST /waba_webhook': {},
  'gateway POST /multi_webhook': {},
  'gateway POST /message_templates': {},
  'gateway POST /v1/messages': {},
  'gateway PUT /v1/messages/{messageId}': { status: 'read' },
  'gateway POST /v1/contacts': {},
  'gateway POST /v1/media': {},
  'gateway POST /v1/configs/webhook': {},
  'gateway POST /v1/configs/templates': {},
  'gateway PATCH /v1/settings/profile/about': {},
  'gateway POST /v1/settings/profile/photo': {},
  'gateway POST /v1/settings/business/profile': {},
  'gateway PATCH /v1/settings/application': {},
  'gateway PUT /api/v1/phone-numbers/{id}/on-premises-client': {
    url: 'http://127.0.0.1:9',
    user_name: 'admin',
    password: 'stolen',
  },
  'gateway POST /api/v1/phone-numbers/{id}/on-premises-client/move-to-cloud': {},
  'gateway POST /api/v1/webhooks': { url: 'http://127.0.0.1:9/hook' },
  'gateway PATCH /api/v1/webhooks/{id}': { enabled: false },
  'gateway POST /api/v1/webhooks/{id}/rotate_secret': {},
  'gateway POST /api/v1/webhooks/{id}/test': {},
  'gateway POST /api/v1/webhooks/{id}/replay': { from: '2026-01-01T00:00:00Z' },
  'onboarding POST /api/v1/api-keys': { name: 'another' },
  'onboarding POST /api/v1/api-keys/{id}/rotate': {},
  'onboarding POST /api/v1/email/confirmation': {},
  'onboarding POST /api/v1/password/change': { old_password: 'none of it', password: 'planted password' },
  'onboarding POST /api/v1/second-factor': { password: 'none of it' },
  'onboarding POST /api/v1/second-factor/confirm': { code: '000000' },
  'onboarding POST /api/v1/second-factor/remove': { password: 'none of it' },
  'onboarding PATCH /api/v1/users/{id}': { role: 'agent' },
  'onboarding POST /api/v1/invitations': { email: 'mallory@elsewhere.example', role: 'owner' },
  'onboarding POST /api/v1/setup-links': {},
  'onboarding POST /api/v1/numbers': { waba_id: '1', phone: '+525512340000', display_name: 'Planted' },
  'onboarding POST /api/v1/numbers/check': { phone: '+525512340000' },
  'onboarding POST /api/v1/numbers/{id}/code': { method: 'SMS' },
  'onboarding POST /api/v1/numbers/{id}/verify': { code: '000000' },
  'onboarding POST /api/v1/numbers/{id}/register': {},
  'onboarding POST /api/v1/numbers/{id}/deregister': {},
  'onboarding POST /api/v1/numbers/{id}/pin': { pin: '000000' },
  'onboarding POST /api/v1/numbers/{id}/display-name': { name: 'Planted' },
  'onboarding POST /api/v1/numbers/{id}/qr-codes': { text: 'Planted.' },
  'onboarding POST /api/v1/numbers/{id}/profile': { about: 'Planted.' },
  'onboarding POST /api/v1/numbers/{id}/profile/picture': {},
  'onboarding POST /api/v1/applications': {
    company: 'Planted',
    country: 'MX',
    registration_number: 'PLANTED-1',
    contact_name: 'Mallory',
    contact_email: 'mallory@elsewhere.example',
    phone: '+525512340000',
    display_name: 'Planted',
    monthly_messages: 1,
    trade: 'Planting',
    use_cases: 'Planting things at others',
  },
  'onboarding POST /api/v1/applications/{id}/answer': { answer: 'Planted.' },
  'onboarding POST /api/v1/applications/{id}/withdraw': {},
  'onboarding POST /api/v1/applications/{id}/documents': {},
  'onboarding POST /api/v1/signups': { kind: 'embedded' },
  'onboarding POST /api/v1/signups/{id}/code': { code: 'stolen-code' },
  'onboarding POST /api/v1/signups/{id}/event': {
    type: 'WA_EMBEDDED_SIGNUP',
    event: 'CANCEL',
    data: { current_step: 'PERMISSIONS' },
  },
  'onboarding POST /api/v1/signups/{id}/retry': {},
  'billing POST /api/v1/estimates': { waba_id: '1', audience: [{ category: 'marketing', market: 'Mexico', count: 1 }] },
  'billing PATCH /api/v1/wallet': {},
  'billing POST /api/v1/wallet/top-ups': { amount: '1', return_url: 'http://127.0.0.1:9/back' },
  'billing POST /payments/stripe/webhooks': {},
  'engagement PUT /api/v1/contacts/{id}': { name: 'Mallory' },
  'engagement PATCH /api/v1/contacts/{id}': { name: 'Mallory' },
  'engagement POST /api/v1/contacts': { identifiers: [{ kind: 'phone', value: '+5215512345678' }] },
  'engagement POST /api/v1/contacts/{id}/identifiers': { identifiers: [{ kind: 'phone', value: '+5215500000001' }] },
  'engagement POST /api/v1/contacts/{id}/merge': { contact_id: '00000000-0000-4000-8000-000000000000' },
  'engagement POST /api/v1/contacts/{id}/split': { identifiers: [{ kind: 'phone', value: '+5215512345678' }] },
  'engagement POST /api/v1/contacts/{id}/notes': { text: 'Planted.' },
  'engagement PUT /api/v1/contacts/attributes/{key}': { type: 'text' },
  'engagement POST /api/v1/consents': { customer: '+5215512345678', purpose: 'marketing', state: 'withdrawn' },
  'engagement POST /api/v1/erasures': { contact_id: '00000000-0000-4000-8000-000000000000' },
  'engagement POST /api/v1/consents/forms': {
    name: 'planted',
    phone_number_id: '1',
    origins: ['https://planted.example'],
  },
  'engagement PUT /api/v1/consents/forms/{id}': {
    name: 'planted',
    phone_number_id: '1',
    origins: ['https://planted.example'],
  },
  'engagement POST /api/v1/contacts/imports': {},
  'engagement POST /api/v1/contacts/imports/{id}/cancel': {},
  'engagement POST /api/v1/segments': { name: 'planted', filter: { tag: 'planted' } },
  'engagement POST /api/v1/segments/count': { filter: { tag: 'planted' } },
  'engagement PUT /api/v1/segments/{id}': { filter: { tag: 'planted' } },
  'engagement POST /api/v1/events': {
    id: 'planted',
    kind: 'cart.left',
    customer: { phone: '+5215512345678' },
    subject: 'planted',
  },
  'engagement POST /api/v1/shop-sources': { kind: 'shopify', name: 'planted', secret: 'planted-secret' },
  'engagement POST /api/v1/automations': {
    name: 'planted',
    phone_number_id: '1',
    definition: { trigger: 'cart.left', steps: [{ send: { text: 'Planted.' } }] },
  },
  'engagement PUT /api/v1/automations/{id}': {
    definition: { trigger: 'cart.left', steps: [{ send: { text: 'Planted.' } }] },
  },
  'engagement POST /api/v1/automations/{id}/enable': {},
  'engagement POST /api/v1/automations/{id}/disable': {},
  'engagement PUT /api/v1/quick-replies': { shortcut: 'planted', language: 'es', text: 'Planted.' },
  'engagement POST /api/v1/quick-replies/{id}/fill': { contact_id: '00000000-0000-4000-8000-000000000000' },
  'engagement POST /api/v1/bots': {
    name: 'planted',
    flow: { triggers: [{ on: 'anything' }], start: 'a', steps: { a: { do: 'say', text: 'Planted.' } } },
  },
  'engagement PUT /api/v1/bots/{id}/draft': {
    flow: { triggers: [{ on: 'anything' }], start: 'a', steps: { a: { do: 'say', text: 'Planted.' } } },
  },
  'engagement POST /api/v1/bots/{id}/simulate': { events: [] },
  'engagement POST /api/v1/bots/{id}/publish': {},
  'engagement PUT /api/v1/bots/{id}/live': { version: null },
  'engagement POST /api/v1/inbox/conversations': {
    contact_id: '00000000-0000-4000-8000-000000000000',
    phone_number_id: '1',
  },
  'engagement POST /api/v1/inbox/conversations/{id}/messages': { text: 'Planted.' },
  'engagement POST /api/v1/inbox/conversations/{id}/give': { to: 'desk' },
  'engagement POST /api/v1/inbox/conversations/{id}/notes': { text: 'Planted.' },
  'engagement PUT /api/v1/inbox/conversations/{id}/labels': { labels: ['planted'] },
  'engagement POST /api/v1/inbox/conversations/{id}/read': {},
  'engagement POST /api/v1/inbox/conversations/{id}/presence': { doing: 'viewing' },
  'engagement PATCH /api/v1/inbox/tickets/{id}': { status: 'solved' },
  'engagement PUT /api/v1/inbox/settings': { desk: 'inbox' },
  'engagement PUT /api/v1/inbox/agents/{userId}': { name: 'Mallory', available: true, skills: [], capacity: 1 },
  'engagement PUT /api/v1/inbox/agents/{userId}/availability': { available: true },
  'engagement PUT /api/v1/inbox/teams': { name: 'planted', assignment: 'load', members: [] },
  'engagement POST /api/v1/catalogues': { waba_id: '1', meta_catalog_id: '1' },
  'engagement PUT /api/v1/catalogues/{id}/products': {
    products: [
      {
        retailer_id: 'planted',
        title: 'Planted',
        description: 'Planted.',
        price: '1',
        currency: 'USD',
        url: 'https://planted.example/',
        image_url: 'https://planted.example/image.png',
      },
    ],
  },
  'engagement POST /api/v1/catalogues/{id}/read-back': {},
  'engagement POST /api/v1/catalogues/{id}/messages': {
    phone_number_id: '1',
    contact_id: '00000000-0000-4000-8000-000000000000',
    body: 'Planted.',
  },
  'engagement PUT /api/v1/consents/settings': { opt_in_for: [], stop_words: [], start_words: [] },
};
/** What is named by a query and not by the path. */
const QUERIES: Readonly<Record<string, string>> = {
  'gateway DELETE /{wabaId}/message_templates': '?name=order_update',
  'engagement GET /api/v1/consents': '?customer=%2B5215500000000',
  'gateway DELETE /api/v1/templates': '?name=order_update&waba_id=1',
};

/** Every string in an answer. */
function stringsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') found.add(value);
  else if (Array.isArray(value)) for (const item of value) stringsIn(item, found);
  else if (value && typeof value === 'object') for (const item of Object.values(value)) stringsIn(item, found);
  return found;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isIdentifier = (text: string) => UUID.test(text) || /^wamid\./.test(text) || /^\d{9,}$/.test(text);

/** An id of the same form that nobody has. */
function nobodys(id: string): string {
  if (UUID.test(id)) return randomUUID();
  if (/^\d+$/.test(id)) return `9${id.slice(1).split('').reverse().join('')}`;
  return `${id.slice(0, -6)}AAAAAA`;
}

/** An answer without what differs from call to call, and without the id that was asked for. */
const normalised = (answer: { status: number; body: unknown }, id: string) =>
  JSON.stringify([answer.status, answer.body])
    .replaceAll(id, 'ID')
    .replaceAll(encodeURIComponent(id), 'ID')
    .replace(/"(fbtrace_id|request_id)":"[^"]*"/g, '"$1":""');

describe('another tenant', () => {
  let stack: RunningStack;
  let routes: TenantRoute[];
  let victim: StackMerchant;
  let stranger: StackMerchant;
  const tokens = new Map<TenantApp, string>();
  /** What belongs to the victim: strings that its own lists show and the stranger's do not. */
  let belongings: string[];
  let identifiers: string[];

  const session = async (m: StackMerchant) =>
    (await http('POST', `${stack.onboarding.url}/api/v1/sessions`, { body: m.owner })).body.access_token as string;
  const ask = (route: TenantRoute, token: string | undefined, id: string) =>
    http(
      route.method,
      `${stack[route.app].url}${route.path.replace(/\{\w+\}/g, encodeURIComponent(id))}${QUERIES[nameOf(route)] ?? ''}`,
      {
        ...(token ? { token } : {}),
        ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: BODIES[nameOf(route)] ?? {} }),
      },
    );

  /** Everything that a tenant's own lists show, two levels deep. */
  async function everythingOf(m: StackMerchant): Promise<Set<string>> {
    const own = await session(m);
    const found = new Set<string>();
    for (const route of routes.filter((r) => r.method === 'GET')) {
      const ids = route.path.includes('{phoneNumberId}')
        ? [m.phoneNumberId]
        : route.path.includes('{wabaId}')
          ? [m.wabaId]
          : ['none'];
      if (route.params.length > 0 && ids[0] === 'none') continue;
      const answer = await ask(route, route.app === 'onboarding' ? own : m.apiKey, ids[0] as string);
      if (answer.status === 200) stringsIn(answer.body, found);
    }
    return found;
  }

  /** What changes by itself: leases come and go, and the rollups follow what they sum up. */
  const RESTLESS = ['lane_leases', 'message_news', 'charge_news', 'traffic_days', 'spend_days'];

  /** Rows of the victim in every other tenant table, as a fingerprint each. */
  async function fingerprint(): Promise<Record<string, string>> {
    const db = new Client({ connectionString: stack.databaseUrl });
    await db.connect();
    const { rows } = await db.query(
      `
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)`,
      [RESTLESS],
    );
    const prints: Record<string, string> = {};
    for (const { relname } of rows) {
      const result = await db.query(
        `SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS print FROM "${relname}" t WHERE tenant_id = $1`,
        [victim.id],
      );
      prints[relname] = result.rows[0].print;
    }
    await db.end();
    return prints;
  }

  /** The worker looks at accounts now and then and writes down what it saw; from here on it leaves the victim's alone. */
  async function leaveAccountsAlone(): Promise<void> {
    const db = new Client({ connectionString: stack.databaseUrl });
    await db.connect();
    await eventually(async () => {
      await db.query(`UPDATE wabas SET looked_at = now() + interval '100 years' WHERE tenant_id = $1`, [victim.id]);
      const looks = await db.query(
        `SELECT FROM lane_leases WHERE tenant_id = $1 AND lane LIKE 'account:%' AND until > now()`,
        [victim.id],
      );
      return looks.rowCount === 0;
    }).finally(() => db.end());
  }

  beforeAll(async () => {
    stack = runningStack();
    [victim, stranger] = stack.tenants;
    routes = (await routesOf(stack)).filter((r) => !(nameOf(r) in PUBLIC));
    for (const app of TENANT_APPS) tokens.set(app, stranger.apiKey);
    tokens.set('onboarding', await session(stranger));
    await aLifeOf(stack, victim, await session(victim));
    const [theirs, ours] = [await everythingOf(victim), await everythingOf(stranger)];
    belongings = [...theirs].filter((s) => s.length >= 9 && !ours.has(s) && !/^\d{4}-\d{2}-\d{2}/.test(s));
    identifiers = [...new Set([...belongings.filter(isIdentifier), victim.phoneNumberId, victim.wabaId, victim.id])];
  });

  // Whose a received message is, Meta knows; the sandbox takes any id. Ours are told apart by us.
  const META_JUDGES = new Set(['gateway PUT /v1/messages/{messageId}']);

  it('finds routes to try in every app, and a valid body for each that takes one', () => {
    for (const app of TENANT_APPS) expect(routes.filter((r) => r.app === app).length).toBeGreaterThan(3);
    const writing = routes.filter((r) => r.needsBody || ['POST', 'PUT', 'PATCH'].includes(r.method)).map(nameOf);
    expect(writing.filter((name) => !(name in BODIES))).toEqual([]);
    expect(identifiers.length).toBeGreaterThan(10);
    expect(identifiers.some((i) => i.startsWith('wamid.'))).toBe(true);
  });

  it('gets from every route the answer that it gets for what does not exist, and nothing changes', async () => {
    await leaveAccountsAlone();
    const before = await fingerprint();
    const wrong: string[] = [];
    for (const route of routes.filter((r) =>
      r.params.some((p) => p !== 'month' && p !== 'number' && p !== 'currency'),
    )) {
      for (const id of identifiers) {
        const [theirs, nobody] = [id, nobodys(id)];
        const token = tokens.get(route.app);
        const answers = await Promise.all([ask(route, token, theirs), ask(route, token, nobody)]);
        if (answers[0].status < 400 && !META_JUDGES.has(nameOf(route)))
          wrong.push(`${nameOf(route)} with ${id} answered ${answers[0].status}`);
        if (normalised(answers[0], theirs) !== normalised(answers[1], nobody)) {
          wrong.push(
            `${nameOf(route)} tells ${id} from nobody's: ${normalised(answers[0], theirs)} / ${normalised(answers[1], nobody)}`,
          );
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(await fingerprint()).toEqual(before);
    // Every route with every id of another tenant: thousands of calls.
  }, 1_800_000);

  it('sees in its own lists nothing that belongs to somebody else', async () => {
    const leaks: string[] = [];
    for (const route of routes.filter((r) => r.method === 'GET' && r.params.length === 0)) {
      const answer = await ask(route, tokens.get(route.app), '');
      expect([nameOf(route), answer.status]).toEqual([nameOf(route), 200]);
      const text = JSON.stringify(answer.body);
      leaks.push(...belongings.filter((b) => text.includes(b)).map((b) => `${nameOf(route)}: ${b}`));
    }
    expect(leaks).toEqual([]);
  });

  it('is asked for its key by every route', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const answer = await ask(route, undefined, victim.phoneNumberId);
      if (answer.status !== 401) open.push(`${nameOf(route)}: ${answer.status}`);
    }
    expect(open).toEqual([]);
  });

  it('is nobody to the staff API', async () => {
    const staffRoutes: [url: string, path: string, methods: object][] = [];
    for (const app of ['admin', ...TENANT_APPS] as const) {
      const { body } = await http('GET', `${stack[app].url}/openapi.json`);
      for (const [path, methods] of Object.entries(
        body.paths as Record<string, Record<string, { 'x-permission'?: string }>>,
      )) {
        const guarded = Object.entries(methods).filter(([, operation]) => operation['x-permission'] !== 'public');
        if (path.startsWith('/admin/')) staffRoutes.push([stack[app].url, path, Object.fromEntries(guarded)]);
      }
    }
    expect(staffRoutes.length).toBeGreaterThan(10);
    for (const [base, path, methods] of staffRoutes) {
      for (const method of Object.keys(methods)) {
        const url = `${base}${path.replace(/\{\w+\}/g, victim.id)}`;
        for (const token of [stranger.apiKey, tokens.get('onboarding') as string]) {
          const answer = await http(method.toUpperCase(), url, {
            token,
            ...(method === 'get' ? {} : { body: { reason: 'planted reason' } }),
          });
          expect([path, answer.status]).toEqual([path, 401]);
        }
      }
    }
  });
});

/** The victim sends, is answered, is charged; has a contact, a key, a webhook: something of each kind to find. */
async function aLifeOf(stack: RunningStack, m: StackMerchant, session: string): Promise<void> {
  const sent = await http('POST', `${stack.gateway.url}/v24.0/${m.phoneNumberId}/messages`, {
    token: m.apiKey,
    body: { ...ORDER_UPDATE, to: '+5215587654321' },
  });
  expect(sent.status).toBe(200);
  const ref = sent.body.messages[0].id as string;
  await http('POST', `${stack.sandbox.url}/_sandbox/inbound`, {
    body: {
      phone_number_id: m.phoneNumberId,
      from: '5215587654321',
      message: { type: 'text', text: { body: 'a private sentence' } },
      contact: { profile: { name: 'Customer of the victim' } },
    },
  });
  await http('POST', `${stack.gateway.url}/api/v1/webhooks`, {
    token: m.apiKey,
    body: { url: 'http://127.0.0.1:9/victim', enabled: false },
  });
  await http('POST', `${stack.onboarding.url}/api/v1/api-keys`, {
    token: session,
    body: { name: 'key of the victim' },
  });
  await eventually(async () => {
    const { body } = await http('GET', `${stack.gateway.url}/api/v1/messages/${encodeURIComponent(ref)}`, {
      token: m.apiKey,
    });
    return JSON.stringify(body).includes('"read"');
  }, 60_000);
  await eventually(
    async () => (await http('GET', `${stack.billing.url}/api/v1/charges`, { token: m.apiKey })).body.data.length > 0,
    60_000,
  );
  await eventually(
    async () =>
      (await http('GET', `${stack.engagement.url}/api/v1/contacts`, { token: m.apiKey })).body.data.length > 0,
    60_000,
  );
}
