import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { eventually, http } from '../../../../test/support/app.js';
import { launchBrowser } from '../../../../test/support/browser.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

const SCREENSHOTS = join(import.meta.dirname, '../../../../test/output/signup-page');
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const PASSWORD = 'correct horse battery';

/** A click that closes the window: it may be gone before the click is over. */
async function closedBy(dialog: Page, button: Locator): Promise<void> {
  const closed = dialog.waitForEvent('close');
  await button.click().catch((error: unknown) => {
    if (!dialog.isClosed()) throw error;
  });
  await closed;
}

describe('the signup page', () => {
  let stack: OnboardingStack;
  let browser: Browser;
  let context: BrowserContext;
  let outbox: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await launchBrowser();
    outbox = mkdtempSync(join(tmpdir(), 'paloma-mail-'));
    stack = await OnboardingStack.start({
      MAIL_OUTBOX_FOLDER: outbox,
      PROVIDER_NAME: 'Tortuga Mensajes',
      PROVIDER_COLOR: '#7a1f5c',
      SUPPORT_EMAIL: 'ayuda@tortuga.example',
      PROVIDER_LOGO_URL:
        'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PGNpcmNsZSBjeD0iMTIiIGN5PSIxMiIgcj0iMTEiIGZpbGw9IiM3YTFmNWMiLz48L3N2Zz4=',
    });
    await stack.startWorker();
  }, 360_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    rmSync(outbox, { recursive: true, force: true });
  });
  afterEach(async () => {
    await context?.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  /** Opens the page; whatever the browser complains about (a blocked script, an exception) fails the test. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    context = await browser.newContext({ locale: 'en-GB', ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (line) => {
      // A refusal of the API is part of the story and is logged by the browser as a failed resource.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) complaints.push(line.text());
    });
    await page.goto(`${stack.app.url}${path}`);
    return page;
  }
  const shot = (page: Page, name: string) =>
    page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  const shopOwner = (name: string) => `${name}@shop.example`;

  async function makeAccount(page: Page, email: string): Promise<void> {
    await page.locator('#company').fill('Flores & Té');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#create button[type=submit]').click();
    await page.locator('#connect-section').waitFor();
  }

  /** Opens the sandbox's dialog, as a click of a person does. */
  async function openDialog(page: Page): Promise<Page> {
    const [dialog] = await Promise.all([context.waitForEvent('page'), page.locator('#connect').click()]);
    await dialog.locator('[data-step="START"]').waitFor();
    return dialog;
  }

  async function enterCode(dialog: Page): Promise<void> {
    const sms = await dialog.locator('#sms').innerText();
    await dialog.locator('#verification_code').fill((/(\d{3})-(\d{3})/.exec(sms) ?? []).slice(1).join(''));
  }

  /** What the tab keeps of its session. */
  const kept = (page: Page) => page.evaluate<string>("sessionStorage.getItem('paloma.session')");

  /** Goes through the dialog to its end and reads the verification code from its message. */
  async function finishDialog(dialog: Page): Promise<void> {
    const next = dialog.locator('#next');
    for (const heading of ['Your business', 'WhatsApp Business account', 'Business profile', 'Phone number']) {
      await next.click();
      await dialog.getByRole('heading', { name: heading, exact: true }).waitFor();
    }
    await next.click();
    await enterCode(dialog);
    await next.click();
    await dialog.getByRole('heading', { name: 'Review and allow' }).waitFor();
    await closedBy(dialog, next);
  }

  const state = (page: Page) => page.locator('#status').getAttribute('data-state');

  it.each([
    ['en', 'en-GB', 'Your number is live'],
    ['es', 'es-MX', 'Tu número está activo'],
    ['pt', 'pt-BR', 'Seu número está ativo'],
  ])('takes a merchant from nothing to a live number and a key, on a phone (%s)', async (language, locale, live) => {
    const page = await open('/signup', { ...PHONE, locale });
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    await shot(page, `1-account-${language}-phone`);
    await makeAccount(page, shopOwner(`flores-${language}`));
    await shot(page, `2-connect-${language}-phone`);
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
    expect((await page.locator('#summary').innerText()).toLowerCase()).toContain(live.toLowerCase().slice(-5));
    expect(await page.locator('#timeline > li[data-state="done"]').count()).toBe(9);
    expect(page.url()).toMatch(/\/signup\/[0-9a-f-]{36}$/);
    expect(await page.locator('#id-number').innerText()).toMatch(/^\d+$/);
    await page.locator('#make-key-button').click();
    await page.locator('#key-shown').waitFor();
    const key = await page.locator('#key').innerText();
    expect((await http('GET', `${stack.app.url}/api/v1/me`, { token: key })).status).toBe(200);
    await shot(page, `3-live-${language}-phone`);
    const width = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(width).toBe(0);
  });

  it('says on which screen the dialog was left, on each of them, and goes on from there', async () => {
    const page = await open('/signup?lang=pt', PHONE);
    await makeAccount(page, shopOwner('lisboa'));
    const screens = [
      'BUSINESS_ACCOUNT_SELECTION',
      'WABA_PHONE_PROFILE_PICKER',
      'WHATSAPP_BUSINESS_PROFILE_SETUP',
      'PHONE_NUMBER_SETUP',
      'PHONE_NUMBER_VERIFICATION',
      'PERMISSIONS',
    ];
    for (const [nth, screen] of screens.entries()) {
      const dialog = await openDialog(page);
      for (let step = 0; step <= nth; step++) {
        if (step === 5) await enterCode(dialog);
        await dialog.locator('#next').click();
        await dialog.locator(`[data-step="${screens[step]}"]`).waitFor();
      }
      const told = page.waitForResponse((r) => r.url().endsWith('/event'));
      await closedBy(dialog, dialog.locator('#cancel'));
      expect((await (await told).json()).left.step).toBe(screen);
      await page.locator('#status[data-state="cancelled"]').waitFor();
    }
    await shot(page, '4-cancelled-pt-phone');
    expect(await page.locator('#summary').innerText()).toBe('Você saiu da janela da Meta');
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('keeps an error that the merchant reported in the dialog', async () => {
    const page = await open('/signup?lang=es');
    await makeAccount(page, shopOwner('reporta'));
    const dialog = await openDialog(page);
    await dialog.locator('summary').click();
    await dialog.locator('#error_message').fill('No aparece mi número');
    const told = page.waitForResponse((r) => r.url().endsWith('/event'));
    await closedBy(dialog, dialog.locator('#report button'));
    expect((await (await told).json()).left.reported).toMatchObject({ message: 'No aparece mi número' });
    await page.locator('#status[data-state="cancelled"]').waitFor();
    await shot(page, '5-reported-es');
  });

  /** Makes the page deaf to one of the two things that the dialog tells. */
  const deafTo = (page: Page, what: 'event' | 'code') =>
    page.addInitScript(
      `addEventListener('message', (m) => {
        if (${what === 'event' ? "typeof m.data === 'string'" : "m.data?.type === 'SANDBOX_LOGIN'"}) m.stopImmediatePropagation();
      }, true)`,
    );

  it('goes live when the code comes without the event', async () => {
    const page = await open('/healthz');
    await deafTo(page, 'event');
    await page.goto(`${stack.app.url}/signup`);
    await makeAccount(page, shopOwner('no-event'));
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('waits for the code when the event comes without it, and goes on when the dialog is opened again', async () => {
    const page = await open('/healthz');
    await deafTo(page, 'code');
    await page.goto(`${stack.app.url}/signup`);
    await makeAccount(page, shopOwner('no-code'));
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="waiting-for-merchant"]').waitFor();
    expect(await page.locator('#next').innerText()).toContain('has not arrived');
    await shot(page, '6-no-code-en');
    const second = await context.newPage();
    await second.addInitScript(`sessionStorage.setItem('paloma.session', ${JSON.stringify(await kept(page))})`);
    await second.goto(page.url());
    await finishDialog(await openDialog(second));
    await second.locator('#status[data-state="live"]').waitFor();
  });

  it('explains a code that came after its 30 seconds, and takes a fresh one', async () => {
    const page = await open('/signup?lang=es', PHONE);
    await makeAccount(page, shopOwner('tarde'));
    await page.route(
      '**/code',
      async (route) => {
        await stack.meta('POST', '/clock', { advance_ms: 31_000 });
        await route.continue();
      },
      { times: 1 },
    );
    await finishDialog(await openDialog(page));
    await page.locator('#what-happened').waitFor();
    expect(await page.locator('#what-happened').innerText()).toContain('30 segundos');
    await shot(page, '7-late-code-es-phone');
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('lets somebody with a setup link connect a number without an account, also when the page was closed midway', async () => {
    const { token } = await stack.merchant();
    const made = await stack.api('POST', '/setup-links', { token, body: { return_url: 'https://shop.example/done' } });
    const link = new URL(made.body.url);
    const path = `${link.pathname}?lang=en${link.hash}`;
    const first = await open(path, PHONE);
    await first.locator('#connect').waitFor();
    expect(await first.locator('#connect-title').innerText()).toContain('Sample Shop');
    await shot(first, '8-setup-link-en-phone');
    const half = await openDialog(first);
    await half.locator('#next').click();
    await context.close();

    const again = await open(path, PHONE);
    await again.locator('#connect').waitFor();
    await finishDialog(await openDialog(again));
    await again.locator('#status[data-state="live"]').waitFor();
    expect(await again.locator('#make-key').isVisible()).toBe(false);
    expect(await again.locator('#return').getAttribute('href')).toBe('https://shop.example/done');
    await shot(again, '9-setup-link-live-en-phone');
    const { data } = (await stack.api('GET', '/setup-links', { token })).body;
    const signups = (await stack.api('GET', '/signups', { token })).body.data;
    expect([data[0].state, signups.length, signups[0].id]).toEqual(['used', 1, data[0].signup_id]);
    await context.close();

    const spent = await open(path);
    await spent.locator('#problem').waitFor();
    expect(await spent.locator('#problem').innerText()).toContain('has done its work');
  });

  it('explains a failure with what to do, survives a reload, and tries again', async () => {
    const page = await open('/signup');
    await makeAccount(page, shopOwner('pin'));
    await stack.meta('POST', '/faults', { path: '/register', mode: 'error', http_status: 400, code: 133005 });
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="failed"]').waitFor();
    await page.reload();
    await page.locator('#status[data-state="failed"]').waitFor();
    await shot(page, '10-failed-en');
    expect(await page.locator('#what-happened').innerText()).toContain('two-step PIN');
    expect(await page.locator('#next').innerText()).toContain('Turn off two-step verification');
    await page.locator('#retry').click();
    await page.locator('#status[data-state="live"]').waitFor();
    await shot(page, '11-live-en');
  });

  it('says so when the window was blocked or closed without a word', async () => {
    const page = await open('/signup');
    await makeAccount(page, shopOwner('blocked'));
    await page.evaluate('window.open = () => null');
    await page.locator('#connect').click();
    await page.locator('#problem').waitFor();
    expect(await page.locator('#problem').innerText()).toContain('Allow pop-ups');
    await shot(page, '13-blocked-en');
  });

  it('believes message events of Meta and of nobody else', async () => {
    const page = await open('/signup');
    await makeAccount(page, shopOwner('forged'));
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
    const page = await open('/signup');
    await page.locator('#email').fill('not an address');
    await page.locator('#create button[type=submit]').click();
    expect(await page.locator('#create [aria-invalid="true"]').count()).toBe(3);
    await shot(page, '12-mistakes-en');
    await makeAccount(page, shopOwner('twice'));
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
    const page = await open('/signup?lang=en');
    expect(await page.locator('.provider').innerText()).toContain('Tortuga Mensajes');
    expect(await page.locator('.provider img').getAttribute('src')).toContain('data:image/svg+xml');
    const colour = await page.evaluate(
      "getComputedStyle(document.querySelector('#create [type=submit]')).backgroundColor",
    );
    expect(colour).toBe('rgb(122, 31, 92)');
    await shot(page, '14-branding-en');
  });

  it('follows the links of letters: a new password is chosen on a page of ours', async () => {
    const owner = await stack.merchant();
    const page = await open('/account/forgotten?lang=es', PHONE);
    await page.locator('#email').fill(owner.email);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await shot(page, '15-forgotten-es-phone');
    const letter = await eventually(async () =>
      readdirSync(outbox)
        .filter((f) => f.endsWith('.json'))
        .map((f) => JSON.parse(readFileSync(join(outbox, f), 'utf8')))
        .find((l) => l.to === owner.email && l.text.includes('/account/reset')),
    );
    const link = new URL(/http\S+/.exec(letter.text)?.[0] ?? '');
    await page.goto(`${stack.app.url}${link.pathname}${link.search}${link.hash}`);
    await page.locator('#password').fill('una frase distinta');
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await shot(page, '16-reset-es-phone');
    const { status } = await stack.api('POST', '/sessions', {
      body: { email: owner.email, password: 'una frase distinta' },
    });
    expect(status).toBe(200);
  });

  it('takes an application with a document, in Portuguese on a phone', async () => {
    const page = await open('/apply?lang=pt', PHONE);
    await page.locator('#form button').click();
    expect(await page.locator('#form [aria-invalid="true"]').count()).toBeGreaterThan(8);
    const given = {
      company: 'Flores Lisboa',
      country: 'br',
      registration_number: '12.345.678/0001-90',
      contact_name: 'Ada',
      contact_email: 'ada@flores-lisboa.example',
      phone: '+55 11 91234-5678',
      display_name: 'Flores Lisboa',
      monthly_messages: '2000',
      trade: 'Floricultura',
      use_cases: 'Avisos de entrega aos clientes',
    };
    for (const [field, value] of Object.entries(given)) await page.locator(`#${field}`).fill(value);
    await page.locator('#documents').setInputFiles({
      name: 'registro.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n%%EOF\n'),
    });
    await shot(page, '17-apply-pt-phone');
    const sent = page.waitForResponse((r) => r.url().endsWith('/documents'));
    await page.locator('#form button').click();
    expect((await sent).status()).toBe(201);
    expect(await page.locator('#summary').innerText()).toContain('Abra a mensagem');
    await shot(page, '18-applied-pt-phone');
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
