import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { HeedWishes, type Wish, wishIn } from '#libs/consent';
import { Database } from '#libs/persistence';
import { Tenants } from '#libs/tenants';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { launchBrowser } from '../../../../test/support/browser.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';

const SHOTS = new URL('../../../../test/output/opt-in-form/', import.meta.url);

describe('the opt-in form on a shop’s website', () => {
  let database: TestDatabase;
  let api: RunningApp;
  let shop: FoundedNumber;
  let key: string;
  let website: Server;
  let origin: string;
  let browser: Browser;
  let formId: string;
  let language = 'es';

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp(EngagementModule, testEnvironment(database), { name: 'engagement', describe: 'Engagement.' });
    // Another origin, with a policy that allows the script's server and no inline style or script.
    website = createServer((_, response) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': `default-src 'none'; script-src ${api.url}; connect-src ${api.url}`,
      });
      response.end(
        `<!doctype html><html lang="${language}"><meta name="viewport" content="width=device-width"><title>Shop</title>
         <body><main><h1>Shop</h1><section><script src="${api.url}/opt-in/${formId}.js" async></script></section></main></body></html>`,
      );
    });
    await new Promise<void>((resolve) => website.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(website.address() as AddressInfo).port}`;
    browser = await launchBrowser();
    await mkdir(SHOTS, { recursive: true });
  }, 360_000);
  afterAll(async () => {
    await browser?.close();
    website.close();
    await api.close();
    await database.drop();
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'shop');
    key = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
    formId = (await make({})).body.id;
  });

  const call = (method: string, path: string, body?: unknown) =>
    http(method, `${api.url}/api/v1${path}`, { token: key, body });
  const make = (more: object) =>
    call('POST', '/consents/forms', {
      name: 'Web',
      phone_number_id: shop.metaPhoneNumberId,
      origins: [origin],
      ...more,
    });
  const consentsOf = async (phone: string) =>
    (await call('GET', `/consents?customer=${encodeURIComponent(phone)}`)).body;
  const says = (wish: Wish, customer: string) =>
    api.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) =>
        api.app
          .get(HeedWishes)
          .heed(tx, shop.tenantId, [
            { wish, customers: [customer], at: new Date(), metaMessageId: 'wamid.1', text: wish },
          ]),
      );
  const open = async (viewport = { width: 375, height: 667 }): Promise<{ page: Page; elsewhere: string[] }> => {
    const page = await (await browser.newContext({ viewport })).newPage();
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      const asked = new URL(request.url()).origin;
      if (asked !== origin && asked !== api.url) elsewhere.push(request.url());
    });
    await page.goto(origin);
    await page.getByRole('checkbox').waitFor();
    return { page, elsewhere };
  };

  it.each([
    ['es', 'Tu número de WhatsApp, con código de país', 'Quiero recibirlas', 'Abrir el chat'],
    ['pt', 'Seu número de WhatsApp, com código do país', 'Quero receber', 'Abrir a conversa'],
    ['en', 'Your WhatsApp number, with country code', 'Sign me up', 'Open the chat'],
  ])('is filled in with the keyboard alone, on a phone, in %s', async (spoken, label, button, chat) => {
    language = spoken;
    const { page, elsewhere } = await open();
    await page.keyboard.press('Tab');
    expect(await page.getByLabel(label).evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await page.getByRole('status').textContent()).toContain('+');
    await page.keyboard.type('+52 1 55 1234 5678');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('checkbox').isChecked()).toBe(false);
    expect(await page.getByRole('checkbox').getAttribute('aria-invalid')).toBe('true');
    await page.screenshot({ path: new URL(`${spoken}-phone.png`, SHOTS).pathname });
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    expect(await page.getByRole('button', { name: button }).evaluate((field) => field.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: chat });
    await link.waitFor();
    await page.screenshot({ path: new URL(`${spoken}-done.png`, SHOTS).pathname });
    const digits = shop.displayPhoneNumber.replace(/\D/g, '');
    expect(await link.getAttribute('href')).toMatch(new RegExp(`^https://wa\\.me/${digits}\\?text=`));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
    expect(elsewhere).toEqual([]);
    const { standing, data } = await consentsOf('+5215512345678');
    expect(standing).toMatchObject([{ purpose: 'marketing', state: 'asked', source: 'form' }]);
    expect(data[0]).toMatchObject({
      wording: expect.stringContaining('WhatsApp'),
      proof: { form: formId, page: `${origin}/`, origin, language: spoken },
    });
    await page.context().close();
  });

  it('counts once the customer has sent the message of the chat, which proves the number', async () => {
    language = 'es';
    const { page } = await open({ width: 1280, height: 800 });
    await page.getByLabel('Tu número').fill('+54 9 11 2345-6789');
    await page.getByRole('checkbox').check();
    await page.getByRole('button').click();
    await page.getByRole('link').waitFor();
    await says('yes', '541123456789');
    expect((await consentsOf('+5491123456789')).standing).toMatchObject([{ state: 'granted', source: 'keyword' }]);
    await page.context().close();
  });

  it('has a chat link for posters: who sends what it begins with has opted in, without the form', async () => {
    const [{ chat_links: links }] = (await call('GET', '/consents/forms')).body.data;
    expect(Object.keys(links)).toEqual(['es', 'pt', 'en']);
    const link = new URL(links.es);
    expect(link.origin + link.pathname).toBe(`https://wa.me/${shop.displayPhoneNumber.replace(/\D/g, '')}`);
    const wish = wishIn(link.searchParams.get('text') ?? '');
    await says(wish as Wish, '5215512345678');
    const { standing, data } = await consentsOf('+5215512345678');
    expect(standing).toMatchObject([{ purpose: 'marketing', state: 'granted', source: 'chat_link' }]);
    expect(data).toMatchObject([{ wording: 'offers', proof: { message_id: 'wamid.1' } }]);
  });

  it('takes nothing back of what the customer refused: anybody can type a number', async () => {
    const { id } = (await make({ confirm: false })).body;
    const typed = (phone: string) =>
      http('POST', `${api.url}/opt-in/${id}`, {
        headers: { origin },
        body: { phone, agreed: true, language: 'es', page: `${origin}/` },
      });
    expect((await typed('+5215512345678')).status).toBe(200);
    expect((await consentsOf('+5215512345678')).standing).toMatchObject([{ state: 'granted', source: 'form' }]);
    await says('stop', '5215512345678');
    expect((await typed('+5215512345678')).status).toBe(200);
    expect((await consentsOf('+5215512345678')).standing).toMatchObject([{ state: 'withdrawn', source: 'keyword' }]);
    await says('yes', '5215512345678');
    expect((await consentsOf('+5215512345678')).standing).toMatchObject([{ state: 'granted', source: 'keyword' }]);
  });

  it('is refused from a website that it does not name, and by whoever is no browser', async () => {
    const send = (headers: Record<string, string>, body: object = {}) =>
      http('POST', `${api.url}/opt-in/${formId}`, {
        headers,
        body: { phone: '+5215512345678', agreed: true, language: 'es', page: 'x', ...body },
      });
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: `${origin}.evil.example` }]) {
      const refused = await send(headers as Record<string, string>);
      expect(refused.status).toBe(403);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect((await send({ origin }, { agreed: false })).status).toBe(400);
    expect((await send({ origin }, { website: 'http://spam' })).status).toBe(400);
    expect((await consentsOf('+5215512345678')).standing).toEqual([]);
    expect((await send({ origin })).status).toBe(200);
    expect((await http('GET', `${api.url}/opt-in/00000000-0000-4000-8000-000000000000.js`)).status).toBe(404);
  });

  it('is made for websites and not for pages, in the merchant’s own words, which can be no script', async () => {
    for (const wrong of ['shop.example', 'https://shop.example/path', 'http://shop.example', '*']) {
      expect((await make({ origins: [wrong] })).status).toBe(400);
    }
    const texts = { en: { title: '</script><b>Club</b>' } };
    const made = await make({ texts, confirm: false });
    expect(made.body).toMatchObject({ confirm: false, script: `/opt-in/${made.body.id}.js` });
    const script = await http('GET', `${api.url}${made.body.script}`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.body).not.toContain('</script>');
    expect(Buffer.byteLength(script.body)).toBeLessThan(12 * 1024);
    const off = { name: 'Web', phone_number_id: shop.metaPhoneNumberId, origins: [origin], enabled: false };
    expect((await call('PUT', `/consents/forms/${made.body.id}`, off)).status).toBe(200);
    expect((await http('GET', `${api.url}${made.body.script}`)).status).toBe(404);
  });
});
