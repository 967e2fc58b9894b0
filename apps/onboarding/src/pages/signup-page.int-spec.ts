import type { Page } from 'playwright-core';
import { http } from '../../../../test/support/app.js';
import type { OnboardingStack } from '../../../../test/support/onboarding.js';
import { closedBy, PASSWORD, PagesStage, PHONE } from '../../../../test/support/pages.js';

describe('the signup page', () => {
  let stage: PagesStage;
  let stack: OnboardingStack;

  beforeAll(async () => {
    stage = await PagesStage.start('signup-page', {
      PROVIDER_NAME: 'Tortuga Mensajes',
      PROVIDER_COLOR: '#7a1f5c',
      SUPPORT_EMAIL: 'ayuda@tortuga.example',
      PROVIDER_LOGO_URL:
        'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PGNpcmNsZSBjeD0iMTIiIGN5PSIxMiIgcj0iMTEiIGZpbGw9IiM3YTFmNWMiLz48L3N2Zz4=',
    });
    stack = stage.stack;
  }, 360_000);
  afterAll(() => stage?.stop());
  // Whatever the browser complains about (a blocked script, an exception) fails the test.
  afterEach(async () => expect(await stage.closePages()).toEqual([]));

  const shopOwner = (name: string) => `${name}@shop.example`;
  /** What the tab keeps of its session. */
  const kept = (page: Page) => page.evaluate<string>("sessionStorage.getItem('paloma.session')");
  const state = (page: Page) => page.locator('#status').getAttribute('data-state');

  it.each([
    ['en', 'en-GB', 'Your number is live'],
    ['es', 'es-MX', 'Tu número está activo'],
    ['pt', 'pt-BR', 'Seu número está ativo'],
  ])('takes a merchant from nothing to a live number and a key, on a phone (%s)', async (language, locale, live) => {
    const page = await stage.open('/signup', { ...PHONE, locale });
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    await stage.shot(page, `1-account-${language}-phone`);
    await stage.makeAccount(page, shopOwner(`flores-${language}`));
    await stage.shot(page, `2-connect-${language}-phone`);
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
    expect((await page.locator('#summary').innerText()).toLowerCase()).toContain(live.toLowerCase().slice(-5));
    expect(await page.locator('#timeline > li[data-state="done"]').count()).toBe(9);
    expect(page.url()).toMatch(/\/signup\/[0-9a-f-]{36}$/);
    expect(await page.locator('#id-number').innerText()).toMatch(/^\d+$/);
    await page.locator('#make-key-button').click();
    await page.locator('#key-shown').waitFor();
    const key = await page.locator('#key').innerText();
    expect((await http('GET', `${stack.app.url}/api/v1/me`, { token: key })).status).toBe(200);
    await stage.shot(page, `3-live-${language}-phone`);
    const width = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(width).toBe(0);
  });

  it('says on which screen the dialog was left, on each of them, and goes on from there', async () => {
    const page = await stage.open('/signup?lang=pt', PHONE);
    await stage.makeAccount(page, shopOwner('lisboa'));
    const screens = [
      'BUSINESS_ACCOUNT_SELECTION',
      'WABA_PHONE_PROFILE_PICKER',
      'WHATSAPP_BUSINESS_PROFILE_SETUP',
      'PHONE_NUMBER_SETUP',
      'PHONE_NUMBER_VERIFICATION',
      'PERMISSIONS',
    ];
    for (const [nth, screen] of screens.entries()) {
      const dialog = await stage.openDialog(page);
      for (let step = 0; step <= nth; step++) {
        if (step === 5) await stage.enterCode(dialog);
        await dialog.locator('#next').click();
        await dialog.locator(`[data-step="${screens[step]}"]`).waitFor();
      }
      const told = page.waitForResponse((r) => r.url().endsWith('/event'));
      await closedBy(dialog, dialog.locator('#cancel'));
      expect((await (await told).json()).left.step).toBe(screen);
      await page.locator('#status[data-state="cancelled"]').waitFor();
    }
    await stage.shot(page, '4-cancelled-pt-phone');
    expect(await page.locator('#summary').innerText()).toBe('Você saiu da janela da Meta');
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('keeps an error that the merchant reported in the dialog', async () => {
    const page = await stage.open('/signup?lang=es');
    await stage.makeAccount(page, shopOwner('reporta'));
    const dialog = await stage.openDialog(page);
    await dialog.locator('summary').click();
    await dialog.locator('#error_message').fill('No aparece mi número');
    const told = page.waitForResponse((r) => r.url().endsWith('/event'));
    await closedBy(dialog, dialog.locator('#report button'));
    expect((await (await told).json()).left.reported).toMatchObject({ message: 'No aparece mi número' });
    await page.locator('#status[data-state="cancelled"]').waitFor();
    await stage.shot(page, '5-reported-es');
  });

  /** Makes the page deaf to one of the two things that the dialog tells. */
  const deafTo = (page: Page, what: 'event' | 'code') =>
    page.addInitScript(
      `addEventListener('message', (m) => {
        if (${what === 'event' ? "typeof m.data === 'string'" : "m.data?.type === 'SANDBOX_LOGIN'"}) m.stopImmediatePropagation();
      }, true)`,
    );

  it('goes live when the code comes without the event', async () => {
    const page = await stage.open('/healthz');
    await deafTo(page, 'event');
    await page.goto(`${stack.app.url}/signup`);
    await stage.makeAccount(page, shopOwner('no-event'));
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('waits for the code when the event comes without it, and goes on when the dialog is opened again', async () => {
    const page = await stage.open('/healthz');
    await deafTo(page, 'code');
    await page.goto(`${stack.app.url}/signup`);
    await stage.makeAccount(page, shopOwner('no-code'));
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="waiting-for-merchant"]').waitFor();
    expect(await page.locator('#next').innerText()).toContain('has not arrived');
    await stage.shot(page, '6-no-code-en');
    const second = (await stage.context?.newPage()) as Page;
    await second.addInitScript(`sessionStorage.setItem('paloma.session', ${JSON.stringify(await kept(page))})`);
    await second.goto(page.url());
    await stage.finishDialog(await stage.openDialog(second));
    await second.locator('#status[data-state="live"]').waitFor();
  });

  it('explains a code that came after its 30 seconds, and takes a fresh one', async () => {
    const page = await stage.open('/signup?lang=es', PHONE);
    await stage.makeAccount(page, shopOwner('tarde'));
    await page.route(
      '**/code',
      async (route) => {
        await stack.meta('POST', '/clock', { advance_ms: 31_000 });
        await route.continue();
      },
      { times: 1 },
    );
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#what-happened').waitFor();
    expect(await page.locator('#what-happened').innerText()).toContain('30 segundos');
    await stage.shot(page, '7-late-code-es-phone');
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('lets somebody with a setup link connect a number without an account, also when the page was closed midway', async () => {
    const { token } = await stack.merchant();
    const made = await stack.api('POST', '/setup-links', { token, body: { return_url: 'https://shop.example/done' } });
    const link = new URL(made.body.url);
    const path = `${link.pathname}?lang=en${link.hash}`;
    const first = await stage.open(path, PHONE);
    await first.locator('#connect').waitFor();
    expect(await first.locator('#connect-title').innerText()).toContain('Sample Shop');
    await stage.shot(first, '8-setup-link-en-phone');
    const half = await stage.openDialog(first);
    await half.locator('#next').click();
    await stage.context?.close();

    const again = await stage.open(path, PHONE);
    await again.locator('#connect').waitFor();
    await stage.finishDialog(await stage.openDialog(again));
    await again.locator('#status[data-state="live"]').waitFor();
    expect(await again.locator('#make-key').isVisible()).toBe(false);
    expect(await again.locator('#return').getAttribute('href')).toBe('https://shop.example/done');
    await stage.shot(again, '9-setup-link-live-en-phone');
    const { data } = (await stack.api('GET', '/setup-links', { token })).body;
    const signups = (await stack.api('GET', '/signups', { token })).body.data;
    expect([data[0].state, signups.length, signups[0].id]).toEqual(['used', 1, data[0].signup_id]);
    await stage.context?.close();

    const spent = await stage.open(path.replace('lang=en', 'lang=pt'), PHONE);
    await spent.locator('#problem').waitFor();
    expect(await spent.locator('#problem').innerText()).toBe(
      'Este link já cumpriu sua função: o número está conectado.',
    );
    for (const ofAccounts of ['.intro', '.path', '#privacy-password', '#account']) {
      expect([ofAccounts, await spent.locator(ofAccounts).isVisible()]).toEqual([ofAccounts, false]);
    }
    await stage.shot(spent, '9-setup-link-spent-pt-phone');
  });

  it('explains a failure with what to do, survives a reload, and tries again', async () => {
    const page = await stage.open('/signup');
    await stage.makeAccount(page, shopOwner('pin'));
    await stack.meta('POST', '/faults', { path: '/register', mode: 'error', http_status: 400, code: 133005 });
    await stage.finishDialog(await stage.openDialog(page));
    await page.locator('#status[data-state="failed"]').waitFor();
    await page.reload();
    await page.locator('#status[data-state="failed"]').waitFor();
    await stage.shot(page, '10-failed-en');
    expect(await page.locator('#what-happened').innerText()).toContain('two-step PIN');
    expect(await page.locator('#next').innerText()).toContain('Turn off two-step verification');
    await page.locator('#retry').click();
    await page.locator('#status[data-state="live"]').waitFor();
    await stage.shot(page, '11-live-en');
  });

  it('says so when the window was blocked or closed without a word', async () => {
    const page = await stage.open('/signup');
    await stage.makeAccount(page, shopOwner('blocked'));
    await page.evaluate('window.open = () => null');
    await page.locator('#connect').click();
    await page.locator('#problem').waitFor();
    expect(await page.locator('#problem').innerText()).toContain('Allow pop-ups');
    await stage.shot(page, '13-blocked-en');
  });

  it('believes message events of Meta and of nobody else', async () => {
    const page = await stage.open('/signup');
    await stage.makeAccount(page, shopOwner('forged'));
    const left = (step: string) =>
      JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', data: { current_step: step } });
    const post = (origin: string, data: string) =>
      page.evaluate(`dispatchEvent(new MessageEvent('message', ${JSON.stringify({ origin, data })}))`);
    const handedIn: (string | null)[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/event')) handedIn.push(request.postData());
    });
    const fromMeta = page.waitForRequest((r) => r.postData()?.includes('PERMISSIONS') ?? false);
    for (const origin of ['https://evilfacebook.com', 'https://facebook.com.evil.example', 'http://www.facebook.com']) {
      await post(origin, left('FORGED'));
    }
    // Events are handed in in their order, so a forged one would have gone before this one.
    await post('https://www.facebook.com', left('PERMISSIONS'));
    await fromMeta;
    expect(handedIn).toEqual([left('PERMISSIONS')]);
    await page.locator('#status[data-state="cancelled"]').waitFor();
  });

  it('marks what is missing, tells a taken address, and lets its owner sign in', async () => {
    const page = await stage.open('/signup');
    await page.locator('#email').fill('not an address');
    await page.locator('#create button[type=submit]').click();
    expect(await page.locator('#create [aria-invalid="true"]').count()).toBe(3);
    await stage.shot(page, '12-mistakes-en');
    await stage.makeAccount(page, shopOwner('twice'));
    await page.locator('#sign-out').click();
    await page.locator('#to-create').click();
    await page.locator('#company').fill('Flores');
    await page.locator('#email').fill(shopOwner('twice'));
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#create button[type=submit]').click();
    await page.locator('#problem').waitFor();
    expect(await page.locator('#problem').innerText()).toContain('sign in instead');
    await page.locator('#to-sign-in').click();
    await page.locator('#sign-in-email').fill(shopOwner('twice'));
    await page.locator('#sign-in-password').fill(PASSWORD);
    await page.locator('#sign-in button[type=submit]').click();
    await page.locator('#connect-section').waitFor();
    expect(await state(page)).toBeNull();
  });

  it('shows the provider’s own name, logo and colour', async () => {
    const page = await stage.open('/signup?lang=en');
    expect(await page.locator('.provider').innerText()).toContain('Tortuga Mensajes');
    expect(await page.locator('.provider img').getAttribute('src')).toContain('data:image/svg+xml');
    const colour = await page.evaluate(
      "getComputedStyle(document.querySelector('#create [type=submit]')).backgroundColor",
    );
    expect(colour).toBe('rgb(122, 31, 92)');
    await stage.shot(page, '14-branding-en');
  });

  it('follows the links of letters: a new password is chosen on a page of ours', async () => {
    const owner = await stack.merchant();
    const page = await stage.open('/account/forgotten?lang=es', PHONE);
    await page.locator('#email').fill(owner.email);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await stage.shot(page, '15-forgotten-es-phone');
    await page.goto(await stage.linkOf(owner.email, '/account/reset'));
    await page.locator('#password').fill('una frase distinta');
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await stage.shot(page, '16-reset-es-phone');
    const { status } = await stack.api('POST', '/sessions', {
      body: { email: owner.email, password: 'una frase distinta' },
    });
    expect(status).toBe(200);
  });

  it('may load nothing but its own files and the SDK', async () => {
    const { status, headers, body } = await http('GET', `${stack.app.url}/signup?lang=es`, {
      headers: { 'accept-language': 'pt' },
    });
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`script-src 'self' ${stack.sandbox.url};`);
    expect(policy).not.toContain('unsafe');
    expect(body).toContain('<html lang="es">');
    expect(body).not.toMatch(/<script(?![^>]*src=)|\son\w+=|\{\{/);
    expect((await http('GET', `${stack.app.url}/signup/assets/..%2f..%2fmain.ts`)).status).toBe(404);
    expect((await http('GET', `${stack.app.url}/signup/not-an-id`)).status).toBe(404);
  });
});
