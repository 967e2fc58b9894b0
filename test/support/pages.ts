import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { eventually } from './app.js';
import { launchBrowser } from './browser.js';
import { type Json, OnboardingStack } from './onboarding.js';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const PASSWORD = 'correct horse battery';

/** A click that closes the window: it may be gone before the click is over. */
export async function closedBy(dialog: Page, button: Locator): Promise<void> {
  const closed = dialog.waitForEvent('close');
  await button.click().catch((error: unknown) => {
    if (!dialog.isClosed()) throw error;
  });
  await closed;
}

/** The hosted pages in a real browser, before the sandbox's dialog, with a folder for the letters. */
export class PagesStage {
  context: BrowserContext | undefined;
  private complaints: string[] = [];

  private constructor(
    readonly stack: OnboardingStack,
    private readonly browser: Browser,
    private readonly outbox: string,
    private readonly screenshots: string,
  ) {}

  /** @param screenshots folder below test/output @param more settings beside those of every test */
  static async start(screenshots: string, more: Record<string, string> = {}): Promise<PagesStage> {
    const folder = join(import.meta.dirname, '../output', screenshots);
    mkdirSync(folder, { recursive: true });
    const outbox = mkdtempSync(join(tmpdir(), 'paloma-mail-'));
    const browser = await launchBrowser();
    const stack = await OnboardingStack.start({ MAIL_OUTBOX_FOLDER: outbox, ...more });
    await stack.startWorker();
    return new PagesStage(stack, browser, outbox, folder);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.stack.stop();
    rmSync(this.outbox, { recursive: true, force: true });
  }

  /** Closes what a test opened. @returns what the browser complained about meanwhile */
  async closePages(): Promise<string[]> {
    await this.context?.close();
    this.context = undefined;
    return this.complaints.splice(0);
  }

  /** A browser of its own, as of another person. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    this.context = await this.browser.newContext({ locale: 'en-GB', ...options });
    const page = await this.context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (line) => {
      // A refusal of the API is part of the story and is logged by the browser as a failed resource.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
        this.complaints.push(line.text());
    });
    await page.goto(this.urlOf(path));
    return page;
  }

  /** @param link of a letter, or a path */
  urlOf(link: string): string {
    const { pathname, search, hash } = new URL(link, this.stack.app.url);
    return `${this.stack.app.url}${pathname}${search}${hash}`;
  }

  shot(page: Page, name: string): Promise<Buffer> {
    return page.screenshot({ path: join(this.screenshots, `${name}.png`), fullPage: true });
  }

  /** The latest letter to an address whose text holds this. */
  letter(to: string, holding: string): Promise<Json> {
    return eventually(async () =>
      readdirSync(this.outbox)
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f): Json => JSON.parse(readFileSync(join(this.outbox, f), 'utf8')))
        .findLast((l) => l.to === to && l.text.includes(holding)),
    );
  }

  /** Where the link of a letter leads in this test. */
  async linkOf(to: string, holding: string): Promise<string> {
    return this.urlOf(/http\S+/.exec((await this.letter(to, holding)).text)?.[0] ?? '');
  }

  /** Makes an account on the signup page. */
  async makeAccount(page: Page, email: string): Promise<void> {
    await page.locator('#company').fill('Flores & Té');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#create button[type=submit]').click();
    await page.locator('#connect-section').waitFor();
  }

  async signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
    await page.locator('#sign-in-email').fill(email);
    await page.locator('#sign-in-password').fill(password);
    await page.locator('#sign-in button[type=submit]').click();
  }

  /** Opens the sandbox's dialog, as a click of a person does. */
  async openDialog(page: Page): Promise<Page> {
    const [dialog] = await Promise.all([page.waitForEvent('popup'), page.locator('#connect').click()]);
    await dialog.locator('[data-step="START"]').waitFor();
    return dialog;
  }

  async enterCode(dialog: Page): Promise<void> {
    const sms = await dialog.locator('#sms').innerText();
    await dialog.locator('#verification_code').fill((/(\d{3})-(\d{3})/.exec(sms) ?? []).slice(1).join(''));
  }

  /** Goes through the dialog to its end and reads the verification code from its message. */
  async finishDialog(dialog: Page): Promise<void> {
    const next = dialog.locator('#next');
    for (const heading of ['Your business', 'WhatsApp Business account', 'Business profile', 'Phone number']) {
      await next.click();
      await dialog.getByRole('heading', { name: heading, exact: true }).waitFor();
    }
    await next.click();
    await this.enterCode(dialog);
    await next.click();
    await dialog.getByRole('heading', { name: 'Review and allow' }).waitFor();
    await closedBy(dialog, next);
  }
}
