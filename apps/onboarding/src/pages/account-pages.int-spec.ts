import { PASSWORD, PagesStage, PHONE } from '../../../../test/support/pages.js';

const ANOTHER = 'a wholly other phrase';

describe('the pages behind the links of letters', () => {
  let stage: PagesStage;
  beforeAll(async () => {
    stage = await PagesStage.start('account-pages', { PROVIDER_NAME: 'Tortuga Mensajes' });
  }, 360_000);
  afterAll(() => stage?.stop());
  afterEach(async () => expect(await stage.closePages()).toEqual([]));

  const signIn = async (email: string, password: string) =>
    (await stage.stack.api('POST', '/sessions', { body: { email, password } })).status;

  it('confirm an address for who made the account, and are no use to who did not but may take it', async () => {
    const { email, token } = await stage.stack.merchant();
    const me = async () => (await stage.stack.api('GET', '/me', { token })).body.user?.email_confirmed;
    const page = await stage.open(await stage.linkOf(email, '/account/confirm'), PHONE);
    await page.locator('#form button').click();
    await page.locator('#password-mistake').waitFor();
    await page.locator('#password').fill(ANOTHER);
    await page.locator('#form button').click();
    await page.locator('#problem', { hasText: 'did not make it' }).waitFor();
    await stage.shot(page, '1-confirm-stranger-en-phone');
    expect(await me()).toBe(false);
    await page.locator('[data-for=confirm] a').click();
    await page.locator('#email').fill(email);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await page.goto(await stage.linkOf(email, '/account/reset'));
    await page.locator('#password').fill(ANOTHER);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    expect([await signIn(email, PASSWORD), await signIn(email, ANOTHER)]).toEqual([401, 200]);

    const other = await stage.stack.merchant();
    await page.goto(await stage.linkOf(other.email, '/account/confirm'));
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    expect(await page.locator('[data-for=confirm]:visible').count()).toBe(0);
    const { user } = (await stage.stack.api('GET', '/me', { token: other.token })).body;
    expect(user.email_confirmed).toBe(true);
  });

  it.each([
    ['en', 'Welcome to the team'],
    ['es', 'Te damos la bienvenida al equipo'],
    ['pt', 'Boas-vindas à equipe'],
  ])('take an invitation in %s: a password, and whoever was invited signs in', async (language, title) => {
    const owner = await stage.stack.merchant();
    await stage.stack.database.owner.query('UPDATE tenant_users SET email_confirmed_at = now() WHERE tenant_id = $1', [
      owner.tenantId,
    ]);
    const email = `dev.${language}@shop.example`;
    await stage.stack.api('POST', '/invitations', {
      token: owner.token,
      body: { email, role: 'developer' },
      headers: { 'accept-language': language },
    });
    const page = await stage.open(await stage.linkOf(email, '/account/join'));
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.locator('.provider').innerText()).toContain('Tortuga Mensajes');
    await stage.shot(page, `2-join-${language}`);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await page.locator('#to-sign-in').click();
    await stage.shot(page, `3-sign-in-${language}`);
    await stage.signIn(page, email);
    await page.locator('#connect-section').waitFor();
  });
});
