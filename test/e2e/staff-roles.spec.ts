import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { STAFF_ROLES, type StaffRole } from '#libs/staff';
import { promisedRoles, type StaffRoute, staffRolesPage, staffRoutesOf } from '../../tools/staff-roles/staff-routes.js';
import { http } from '../support/app.js';
import { type RunningStack, runningStack } from '../support/stack.js';

const APPS = ['admin', 'billing', 'engagement', 'gateway', 'onboarding'] as const;
const PASSWORD = 'a long enough password';
const PAGE = new URL('../../docs/api/staff-roles.md', import.meta.url);

describe('the table of who of the staff may do what', () => {
  let stack: RunningStack;
  let page: string;
  const routes: StaffRoute[] = [];
  const tokens = {} as Record<StaffRole, string>;

  beforeAll(async () => {
    stack = runningStack();
    page = readFileSync(PAGE, 'utf8');
    for (const app of APPS) {
      routes.push(...staffRoutesOf(app, (await http('GET', `${stack[app].url}/openapi.json`)).body));
    }
    const admin = (method: string, path: string, body: object, token?: string) =>
      http(method, `${stack.admin.url}/admin/v1${path}`, { body, ...(token ? { token } : {}) });
    const boss = (await admin('POST', '/sessions', stack.staff)).body.access_token;
    for (const role of STAFF_ROLES) {
      const email = `${role}-${randomUUID()}@provider.example`;
      const invited = await admin('POST', '/invitations', { email, role, reason: 'a test' }, boss);
      await admin('POST', '/invitations/accept', { ticket: invited.body.ticket, new_password: PASSWORD });
      tokens[role] = (await admin('POST', '/sessions', { email, password: PASSWORD })).body.access_token;
    }
  });

  /** Asks for things that nobody has, with an empty body: who is let in gets a 404, a 400 or a list, and changes nothing. */
  const ask = ({ app, route }: StaffRoute, token: string | undefined) => {
    const [method = '', path = ''] = route.split(' ');
    const url = `${stack[app as (typeof APPS)[number]].url}${path.replace(/\{\w+\}/g, randomUUID())}`;
    return http(method, url, {
      ...(token ? { token } : {}),
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
    });
  };

  it('has a row for every staff route of every app, and says what the guards go by', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(page).toBe(staffRolesPage(routes));
  });

  it('is what each route answers to each role, and to nobody without a session', async () => {
    const promised = promisedRoles(page);
    const wrong: string[] = [];
    for (const route of routes) {
      const allowed = promised.get(`${route.app} ${route.route}`);
      if (!allowed) {
        wrong.push(`${route.app} ${route.route} has no row`);
        continue;
      }
      const nobody = (await ask(route, undefined)).status;
      if ((route.need === 'public') === (nobody === 401) && !route.route.endsWith('/callback')) {
        wrong.push(`${route.route} answers ${nobody} to nobody`);
      }
      for (const role of STAFF_ROLES) {
        const answer = await ask(route, tokens[role]);
        const refused =
          answer.status === 403 && String(answer.body.error?.message).startsWith('This needs the permission');
        if (refused === allowed.includes(role) || (!refused && answer.status >= 500)) {
          wrong.push(`${route.route} answers ${answer.status} to ${role}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
