import type { Page } from 'playwright-core';
import type { Json, OnboardingStack } from '../../../../test/support/onboarding.js';
import { closedBy, PagesStage, PHONE } from '../../../../test/support/pages.js';

/** Meta has ended versions 2 and 3 in October 2026 (Embedded Signup versions, 2025-11-04); who still has them is understood. */
describe('the dialog in its versions', () => {
  let stage: PagesStage;
  let stack: OnboardingStack;
  let nth = 0;
  beforeAll(async () => {
    stage = await PagesStage.start('dialog-versions');
    stack = stage.stack;
  }, 360_000);
  afterAll(() => stage?.stop());
  afterEach(async () => expect(await stage.closePages()).toEqual([]));

  /** The page as a provider has it whose login configuration is of another version. */
  async function openAs(extras: Json | undefined): Promise<{ page: Page; told: Json[] }> {
    const page = await stage.open('/healthz', PHONE);
    const told: Json[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/event')) told.push(request.postDataJSON());
    });
    if (extras) {
      await page.addInitScript(
        `addEventListener('load', () => {
          const login = FB.login;
          FB.login = (done, options) => login(done, { ...options, extras: { ...${JSON.stringify(extras)}, setup: options.extras.setup } });
        })`,
      );
    }
    await page.goto(`${stack.app.url}/signup?lang=en`);
    await stage.makeAccount(page, `v${++nth}@shop.example`);
    return { page, told };
  }

  /** Takes whatever screens this version has, to the end. */
  async function goThrough(dialog: Page): Promise<void> {
    const next = dialog.locator('#next');
    for (let screen = 0; screen < 8 && (await next.innerText()) !== 'Finish'; screen++) {
      if (await dialog.locator('#verification_code').isVisible()) await stage.enterCode(dialog);
      await next.click();
    }
    await closedBy(dialog, next);
  }
  const live = (page: Page) => page.locator('#status[data-state="live"]').waitFor();

  it.each<[string, Json, events: number]>([
    ['2, which tells its session when asked to', { sessionInfoVersion: '3' }, 1],
    ['2 as it is by default, which tells nothing but the code', { version: 'v2' }, 0],
    ['3', { version: 'v3' }, 1],
    ['4', { version: 'v4' }, 1],
  ])('takes a merchant to a live number with version %s', async (_, extras, events) => {
    const { page, told } = await openAs(extras);
    await goThrough(await stage.openDialog(page));
    await live(page);
    expect(told.map((t) => t.event)).toEqual(Array(events).fill('FINISH'));
  });

  it('with an account alone (version 2) waits for a number, also for one that is added elsewhere', async () => {
    const { page, told } = await openAs({ sessionInfoVersion: '3', featureType: 'only_waba_sharing' });
    await goThrough(await stage.openDialog(page));
    await page.locator('#status[data-state="waiting-for-merchant"] #what-happened:visible').waitFor();
    expect(told[0]?.event).toBe('FINISH_ONLY_WABA');
    await stage.shot(page, 'only-waba-en-phone');
    const wabaId = told[0]?.data.waba_id;
    await stack.meta('POST', '/embedded_signup', { waba_id: wabaId, business_name: 'Shop' });
    await page.locator('#retry').click();
    await live(page);
  });

  it('connects the number of the WhatsApp Business app without registering it', async () => {
    const { page, told } = await openAs(undefined);
    await page.locator('[name=which][value=app]').check();
    await goThrough(await stage.openDialog(page));
    await live(page);
    expect(told[0]?.event).toBe('FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING');
    expect(await page.locator('#timeline > li[data-step="register-number"]').getAttribute('data-state')).toBe(
      'skipped',
    );
    expect(await page.locator('#timeline > li[data-step="sync-app"]').getAttribute('data-state')).toBe('done');
    await stage.shot(page, 'coexistence-en-phone');
  });

  it('finished in two browsers at once makes one live number', async () => {
    const { page } = await openAs(undefined);
    const first = await stage.openDialog(page);
    await page.waitForURL(/\/signup\/[0-9a-f-]{36}/);
    const kept = await page.evaluate<string>("sessionStorage.getItem('paloma.session')");
    const second = (await stage.context?.newPage()) as Page;
    await second.addInitScript(`sessionStorage.setItem('paloma.session', ${JSON.stringify(kept)})`);
    await second.goto(page.url());
    await second.locator('#connect').waitFor();
    await Promise.all([goThrough(first), goThrough(await stage.openDialog(second))]);
    await page.reload();
    await live(page);
    const { rows } = await stack.database.owner.query(
      'SELECT s.state FROM signups s JOIN tenant_users u USING (tenant_id) WHERE u.email = $1',
      [`v${nth}@shop.example`],
    );
    // Two windows were finished, so Meta has two accounts; the one signup stands for one of them.
    expect(rows).toEqual([{ state: 'live' }]);
  });
});
