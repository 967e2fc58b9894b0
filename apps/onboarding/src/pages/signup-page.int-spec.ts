import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { http } from '../../../../test/support/app.js';
import { launchBrowser } from '../../../../test/support/browser.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

const SCREENSHOTS = join(import.meta.dirname, '../../../../test/output/signup-page');
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const PASSWORD = 'correct horse battery';

describe('the signup page', () => {
  let stack: OnboardingStack;
  let browser: Browser;
  let context: BrowserContext;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await launchBrowser();
    stack = await OnboardingStack.start();
    await stack.startWorker();
  }, 360_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
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

  /** Goes through the dialog to its end and reads the verification code from its message. */
  async function finishDialog(dialog: Page): Promise<void> {
    const next = dialog.locator('#next');
    for (const heading of ['Your business', 'WhatsApp Business account', 'Business profile', 'Phone number']) {
      await next.click();
      await dialog.getByRole('heading', { name: heading, exact: true }).waitFor();
    }
    await next.click();
    const sms = await dialog.locator('#sms').innerText();
    await dialog.locator('#verification_code').fill((/(\d{3})-(\d{3})/.exec(sms) ?? []).slice(1).join(''));
    await next.click();
    await dialog.getByRole('heading', { name: 'Review and allow' }).waitFor();
    await Promise.all([dialog.waitForEvent('close'), next.click()]);
  }

  const state = (page: Page) => page.locator('#status').getAttribute('data-state');

  it('takes a merchant from nothing to a live number, on a phone, in Spanish', async () => {
    const page = await open('/signup', { ...PHONE, locale: 'es-MX' });
    expect(await page.locator('html').getAttribute('lang')).toBe('es');
    await shot(page, '1-account-es-phone');
    await makeAccount(page, shopOwner('flores'));
    await shot(page, '2-connect-es-phone');
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
    await shot(page, '3-live-es-phone');
    expect(await page.locator('#summary').innerText()).toBe('Tu número está activo');
    expect(await page.locator('#timeline > li[data-state="done"]').count()).toBe(9);
    expect(page.url()).toMatch(/\/signup\/[0-9a-f-]{36}$/);
    const width = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(width).toBe(0);
  });

  it('says where the dialog was left, and goes on from there', async () => {
    const page = await open('/signup?lang=pt');
    await makeAccount(page, shopOwner('lisboa'));
    const dialog = await openDialog(page);
    await dialog.locator('#next').click();
    await Promise.all([dialog.waitForEvent('close'), dialog.locator('#cancel').click()]);
    await page.locator('#status[data-state="cancelled"]').waitFor();
    await shot(page, '4-cancelled-pt');
    expect(await page.locator('#summary').innerText()).toBe('Você saiu da janela da Meta');
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="live"]').waitFor();
  });

  it('explains a failure with what to do, survives a reload, and tries again', async () => {
    const page = await open('/signup');
    await makeAccount(page, shopOwner('pin'));
    await stack.meta('POST', '/faults', { path: '/register', mode: 'error', http_status: 400, code: 133005 });
    await finishDialog(await openDialog(page));
    await page.locator('#status[data-state="failed"]').waitFor();
    await page.reload();
    await page.locator('#status[data-state="failed"]').waitFor();
    await shot(page, '5-failed-en');
    expect(await page.locator('#what-happened').innerText()).toContain('two-step PIN');
    expect(await page.locator('#next').innerText()).toContain('Turn off two-step verification');
    await page.locator('#retry').click();
    await page.locator('#status[data-state="live"]').waitFor();
    await shot(page, '6-live-en');
  });

  it('says so when the window was blocked or closed without a word', async () => {
    const page = await open('/signup');
    await makeAccount(page, shopOwner('blocked'));
    await page.evaluate('window.open = () => null');
    await page.locator('#connect').click();
    await page.locator('#problem').waitFor();
    expect(await page.locator('#problem').innerText()).toContain('Allow pop-ups');
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
    await shot(page, '7-mistakes-en');
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
