import type { Page } from 'playwright-core';
import { AdminModule } from '../../../../apps/admin/src/admin.module.js';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { type Json, someStaff } from '../../../../test/support/onboarding.js';
import { PASSWORD, PagesStage, PHONE } from '../../../../test/support/pages.js';

const PDF = Buffer.from('%PDF-1.4\n%%EOF\n');
const pdf = (name: string) => ({ name, mimeType: 'application/pdf', buffer: PDF });

describe('the page of applications', () => {
  let stage: PagesStage;
  let admin: RunningApp;
  let staff: string;
  let nth = 0;
  beforeAll(async () => {
    stage = await PagesStage.start('apply-page', {
      PROVIDER_NAME: 'Tortuga Mensajes',
      SUPPORT_EMAIL: 'ayuda@tortuga.example',
    });
    admin = await startApp(AdminModule, stage.stack.environment, { name: 'admin' });
    staff = await someStaff(stage.stack, admin, 'ana@provider.example', 'onboarding');
  }, 360_000);
  afterAll(async () => {
    await admin?.close();
    await stage?.stop();
  });
  afterEach(async () => expect(await stage.closePages()).toEqual([]));

  const asStaff = (path: string, body?: Json) =>
    http('POST', `${admin.url}/admin/v1/applications${path}`, { token: staff, ...(body ? { body } : {}) });

  /** Fills the form in; what it says is another company's each time. */
  async function fillIn(page: Page, more: Json = {}): Promise<Json> {
    nth++;
    const given: Json = {
      company: `Flores Lisboa ${nth}`,
      registration_number: `12.345.678/000${nth}-90`,
      contact_name: 'Ada',
      contact_email: `ada${nth}@flores-lisboa.example`,
      phone: `+55 11 91234-567${nth}`,
      display_name: 'Flores Lisboa',
      monthly_messages: '2000',
      trade: 'Floricultura',
      use_cases: 'Avisos de entrega aos clientes',
      ...more,
    };
    await page.locator('#country').selectOption('BR');
    for (const [field, value] of Object.entries(given)) await page.locator(`#${field}`).fill(value);
    return given;
  }
  const send = async (page: Page): Promise<Json> => {
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST' && /\/applications(\/start)?$/.test(r.url())),
      page.locator('#form button').click(),
    ]);
    return answer.json();
  };
  const saying = (page: Page, text: string) => page.locator('#summary', { hasText: text }).waitFor();

  it('takes a company from the form to a live number: letter, password, question, approval, code', async () => {
    const page = await stage.open('/apply?lang=pt', PHONE);
    const given = await fillIn(page);
    await page.locator('#documents').setInputFiles(pdf('registro.pdf'));
    await stage.shot(page, '1-form-pt-phone');
    const { id } = await send(page);
    await saying(page, 'Abra a mensagem');
    await stage.shot(page, '2-sent-pt-phone');

    await page.goto(await stage.linkOf(given.contact_email, '/account/reset'));
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await page.locator('#to-sign-in').click();
    await stage.signIn(page, given.contact_email);
    await page.waitForURL(/\/apply/);
    await saying(page, 'na fila');
    await stage.shot(page, '3-waiting-pt-phone');
    await page.locator('#more-documents').setInputFiles(pdf('conta.pdf'));
    await page.locator('#more button').click();
    await page.locator('#more-taken').waitFor();

    await asStaff(`/${id}/claim`);
    await asStaff(`/${id}/ask`, { reason: 'De que junta comercial é o registro?' });
    await page.goto(await stage.linkOf(given.contact_email, 'junta comercial'));
    await saying(page, 'uma pergunta');
    await stage.shot(page, '4-question-pt-phone');
    await page.locator('#answer-text').fill('Da junta de São Paulo.');
    await page.locator('#answer-documents').setInputFiles(pdf('junta.pdf'));
    await page.locator('#answer button').click();
    await saying(page, 'analisando');
    expect(
      (await http('GET', `${admin.url}/admin/v1/applications/${id}`, { token: staff })).body.documents,
    ).toHaveLength(3);
    await asStaff(`/${id}/approve`, { reason: 'all papers seen' });

    // Opened where nobody is signed in, the letter leads through signing in.
    const elsewhere = (await stage.context?.newPage()) as Page;
    await elsewhere.goto(await stage.linkOf(given.contact_email, 'aprovado'));
    await elsewhere.waitForURL(/\/signup\?/);
    await stage.signIn(elsewhere, given.contact_email);
    await elsewhere.waitForURL(/\/apply/);
    await eventually(async () => {
      if (await elsewhere.locator('#code').isVisible()) return true;
      await elsewhere.reload();
      return elsewhere.locator('#code').isVisible();
    }, 60_000);
    await stage.shot(elsewhere, '5-code-pt-phone');
    await elsewhere.locator('[data-method="SMS"]').click();
    await elsewhere.locator('#said', { hasText: 'a caminho' }).waitFor();
    const { signup_id: signupId } = (await http('GET', `${admin.url}/admin/v1/applications/${id}`, { token: staff }))
      .body;
    expect(signupId).toBeTruthy();
    const number = (await stage.stack.done('POST', '/request_code')).at(-1);
    expect(number?.query.language).toBe('pt_BR');
    const metaId = number?.path.split('/').at(-2);
    const { verification_code: code } = await stage.stack.meta('GET', `/phone_numbers/${metaId}`);
    await elsewhere.locator('#code-text').fill('12');
    await elsewhere.locator('#verify button').click();
    expect(await elsewhere.locator('#code-text').getAttribute('aria-invalid')).toBe('true');
    await elsewhere.locator('#code-text').fill('000-000');
    await elsewhere.locator('#verify button').click();
    await elsewhere.locator('#problem').waitFor();
    await elsewhere.locator('#code-text').fill(`${code.slice(0, 3)}-${code.slice(3)}`);
    await elsewhere.locator('#verify button').click();
    await saying(elsewhere, 'está ativo');
    await stage.shot(elsewhere, '6-live-pt-phone');
    await elsewhere.locator('#timeline a').click();
    await elsewhere.locator('#status[data-state="live"]').waitFor();
  }, 180_000);

  it('says at each field what is missing, in the page’s language', async () => {
    const page = await stage.open('/apply?lang=es');
    await page.locator('#form button').click();
    expect(await page.locator('#form [aria-invalid="true"]').count()).toBeGreaterThan(8);
    await fillIn(page, { contact_email: 'ada@', website: 'flores', use_cases: 'Té' });
    await page.locator('#form button').click();
    const mistakes = await page.locator('.mistake:visible').allInnerTexts();
    expect(mistakes).toEqual([
      'Escribe la dirección completa, con https://',
      'Escribe un correo como nombre@empresa.com.',
      'Escribe al menos 10 caracteres.',
    ]);
    await stage.shot(page, '7-mistakes-es');
    // What only the server can tell stands at its field as well.
    await fillIn(page, { phone: '+33 899 123 456', website: '' });
    const refused = await send(page);
    expect(refused.error.code).toBe('premium_rate');
    await page.locator('#phone-mistake', { hasText: 'tarificación especial' }).waitFor();
    expect(await page.evaluate('document.activeElement?.id')).toBe('phone');
  });

  it('names the document that was refused and keeps the others; a second click sends nothing twice', async () => {
    const page = await stage.open('/apply?lang=en');
    const given = await fillIn(page);
    const zip = { name: 'papers.pdf', mimeType: 'application/pdf', buffer: Buffer.from('PK\x03\x04 not a PDF at all') };
    await page.locator('#documents').setInputFiles([zip, pdf('register.pdf')]);
    const sent: string[] = [];
    page.on('request', (r) => {
      if (r.method() === 'POST') sent.push(new URL(r.url()).pathname);
    });
    await page.locator('#form button').dblclick();
    await page.locator('#problem', { hasText: 'papers.pdf: this is no PDF' }).waitFor();
    await stage.shot(page, '8-refused-document-en');
    expect(sent.filter((path) => path.endsWith('/start'))).toHaveLength(1);
    const kept = await stage.stack.database.owner.query(
      `SELECT d.name FROM application_documents d JOIN applications a USING (tenant_id, application_id)
        WHERE a.contact_email = $1`,
      [given.contact_email],
    );
    expect(kept.rows).toEqual([{ name: 'register.pdf' }]);
  });

  it('takes the application of who has an account already, in its name', async () => {
    const { email } = await stage.stack.merchant();
    const page = await stage.open('/apply?lang=en');
    await page.locator('#intro a').click();
    await stage.signIn(page, email);
    await page.waitForURL(/\/apply/);
    await page.locator('#form').waitFor();
    await fillIn(page, { contact_email: email });
    await send(page);
    await saying(page, 'open the letter');
    await page.goto(await stage.linkOf(email, '/account/confirm'));
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#form button').click();
    await page.locator('#done').waitFor();
    await page.goto(stage.urlOf('/apply?lang=en#mine'));
    await saying(page, 'in the queue');
  });
});
