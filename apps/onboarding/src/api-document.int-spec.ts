import { eventually } from '../../../test/support/app.js';
import { undocumented } from '../../../test/support/as-documented.js';
import { type Json, OnboardingStack } from '../../../test/support/onboarding.js';

const PASSWORD = 'correct horse battery'; // of every merchant of the stack

describe('the API document of onboarding', () => {
  let stack: OnboardingStack;
  let document: Json;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    document = (await (await fetch(`${stack.app.url}/openapi.json`)).json()) as Json;
  });
  afterAll(() => stack.stop());

  /** A call whose answer must be what the document says. */
  const call = async (route: string, given: { token?: string; body?: object; id?: string } = {}): Promise<Json> => {
    const [method = '', path = ''] = route.split(' ');
    const { id = '', ...rest } = given;
    const answer = await stack.api(method, path.replace('{id}', id), rest);
    expect(undocumented(document, `${method} /api/v1${path}`, answer)).toEqual([]);
    return answer.body;
  };

  it('tells what accounts, sessions and keys answer', async () => {
    const person = { email: 'doc@shop.example', password: 'a password of ten' };
    await call('POST /accounts', { body: { company: 'Doc', ...person } });
    const session = await call('POST /sessions', { body: person });
    const token = (await call('POST /sessions/refresh', { body: { refresh_token: session.refresh_token } }))
      .access_token;
    await call('GET /sessions', { token });
    await call('GET /me', { token });
    const { id, api_key } = await call('POST /api-keys', { token, body: { name: 'crm' } });
    await call('POST /api-keys/{id}/rotate', { token, id, body: {} });
    await call('GET /api-keys', { token });
    await call('GET /me', { token: api_key });
  });

  it('tells what people, passwords and the second factor answer', async () => {
    const { token, email, tenantId } = await stack.merchant();
    await call('POST /email/confirmation', { token });
    await stack.database.owner.query('UPDATE tenant_users SET email_confirmed_at = now() WHERE tenant_id = $1', [
      tenantId,
    ]);
    await call('POST /invitations', { token, body: { email: 'ana@shop.example', role: 'developer' } });
    await call('GET /invitations', { token });
    const [{ id }] = (await call('GET /users', { token })).data;
    await call('PATCH /users/{id}', { token, id, body: { role: 'owner' } });
    await call('POST /password/forgotten', { body: { email } });
    await call('POST /second-factor', { token, body: { password: PASSWORD } });
    await call('POST /password/change', { token, body: { old_password: PASSWORD, password: 'another of ten' } });
  });

  it('tells what signups and setup links answer, from the first to a live number', async () => {
    const { token } = await stack.merchant();
    const { url } = await call('POST /setup-links', { token, body: { return_url: 'https://shop.example/done' } });
    const ticket = new URL(url).hash.replace('#setup=', '');
    const { signup_id: id } = await call('POST /setup-links/open', { body: { ticket } });
    await call('GET /setup-links', { token });
    await call('POST /signups', { token, body: { kind: 'embedded' } });
    const { code, event } = await stack.meta('POST', '/embedded_signup', { business_name: 'Doc' });
    await call('POST /signups/{id}/event', { token, id, body: event });
    await call('POST /signups/{id}/code', { token, id, body: { code } });
    await call('GET /signups/{id}', { token, id });
    await call('GET /signups', { token });
  });

  it('tells what numbers answer', async () => {
    const { token } = await stack.merchant();
    await stack.startWorker();
    const signup = await stack.begin(token);
    const { code, waba_id } = await stack.meta('POST', '/embedded_signup', { business_name: 'Doc' });
    await stack.api('POST', `/signups/${signup}/code`, { token, body: { code } });
    await eventually(async () => (await stack.look(token, signup)).state === 'live');
    const phone = '+525512345678';
    await call('POST /numbers/check', { token, body: { phone } });
    const { id } = await call('POST /numbers', { token, body: { waba_id, phone, display_name: 'Doc' } });
    await call('POST /numbers/{id}/code', { token, id, body: { method: 'SMS' } });
    await call('GET /numbers/{id}', { token, id });
    await call('GET /numbers', { token });
    await call('GET /numbers/{id}/leaving', { token, id });
    await call('GET /numbers/{id}/chat-link', { token, id });
    await call('POST /numbers/{id}/qr-codes', { token, id, body: { text: 'Hola' } });
    await call('GET /numbers/{id}/qr-codes', { token, id });
  });

  it('is held against answers field by field', () => {
    const me = { status: 200, body: { tenant: { id: 1 }, more: true } };
    const said = undocumented(document, 'GET /api/v1/me', me).join('\n');
    expect(said).toContain('GET /api/v1/me.more: is not told');
    expect(said).toContain('GET /api/v1/me.tenant.id: is number, not string');
    expect(said).toContain('GET /api/v1/me.tenant.status: is missing');
  });
});
