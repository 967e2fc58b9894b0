import { eventually } from '../../../../test/support/app.js';
import { MailServer, type TakenLetter } from '../../../../test/support/mail-server.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

describe('letters through a mail server', () => {
  let mail: MailServer;
  let stack: OnboardingStack;
  beforeAll(async () => {
    mail = await MailServer.start();
    stack = await OnboardingStack.start({
      SMTP_URL: mail.url,
      MAIL_FROM: 'hola@tortuga.example',
      PROVIDER_NAME: 'Tortuga "Mensajes", S.A.',
    });
    await stack.startWorker();
  });
  afterAll(async () => {
    await stack.stop();
    await mail.stop();
  });

  const found = (email: string, company = 'Flores & Té', language = 'es') =>
    stack.api('POST', '/accounts', {
      body: { company, email, password: 'correct horse battery' },
      headers: { 'accept-language': language },
    });
  const letterTo = (to: string): Promise<TakenLetter> =>
    eventually(async () => mail.taken.find((letter) => letter.to.includes(to)));

  it('arrive in the reader’s language, with a link that works', async () => {
    expect((await found('ada@flores.example')).status).toBe(201);
    const { from, to, headers, text } = await letterTo('ada@flores.example');
    expect([from, to]).toEqual(['hola@tortuga.example', ['ada@flores.example']]);
    expect(headers.get('from')?.[0]).toContain('<hola@tortuga.example>');
    expect(headers.get('message-id')?.[0]).toMatch(/^<[0-9a-f-]{36}@tortuga\.example>$/);
    expect(headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(text).toContain('Te damos la bienvenida. Confirma que esta dirección es tuya');
    const ticket = /\/account\/confirm\?lang=es#([\w-]+)/.exec(text)?.[1];
    const body = { ticket, password: 'correct horse battery' };
    expect((await stack.api('POST', '/email/confirm', { body })).status).toBe(200);
  });

  it('wait for a server that takes none now, and go out once', async () => {
    mail.refusals.push('451 try again later');
    expect((await found('late@flores.example')).status).toBe(201);
    const waiting = () =>
      stack.database.owner.query('SELECT letter_id FROM letters WHERE sent_at IS NULL AND attempts = 1');
    await eventually(async () => (await waiting()).rows.length > 0);
    expect(mail.taken.some((letter) => letter.to.includes('late@flores.example'))).toBe(false);
    // The next attempt is in ten seconds; nobody waits for that here.
    await stack.database.owner.query('UPDATE letters SET due_at = created_at FROM (SELECT now() AS created_at) n');
    await letterTo('late@flores.example');
    await eventually(async () => (await waiting()).rows.length === 0);
    expect(mail.taken.filter((letter) => letter.to.includes('late@flores.example'))).toHaveLength(1);
  });

  it.each([
    ['a line break in a company’s name', { company: 'Flores\r\nBcc: victim@elsewhere.example' }],
    ['a line break in an address', { email: 'ada@flores.example\r\nBcc: victim@elsewhere.example' }],
    ['two addresses in one', { email: 'ada@flores.example, victim@elsewhere.example' }],
    ['a name that reads backwards', { company: '\u202eserolF' }],
  ])('cannot be turned to somebody else by %s', async (_, given) => {
    const body = { company: 'Flores', email: 'mallory@flores.example', password: 'correct horse battery', ...given };
    expect((await stack.api('POST', '/accounts', { body })).status).toBe(400);
    expect(mail.taken.flatMap((letter) => letter.to)).not.toContain('victim@elsewhere.example');
  });

  it('hold what a merchant calls itself as text, whatever it looks like', async () => {
    const name = '=HYPERLINK("http://evil.example") <script>alert(1)</script>; Bcc: victim@elsewhere.example';
    const { status, body } = await stack.api('POST', '/applications/start', {
      body: {
        company: name,
        country: 'MX',
        registration_number: 'X-1',
        contact_name: name,
        contact_email: 'eve@flores.example',
        phone: '+525512340001',
        display_name: 'Flores',
        monthly_messages: 1,
        trade: 'Florist',
        use_cases: 'Order updates for customers',
      },
    });
    expect([status, body.state]).toEqual([201, 'unconfirmed']);
    const letter = await letterTo('eve@flores.example');
    expect([letter.to, letter.headers.has('bcc')]).toEqual([['eve@flores.example'], false]);
    expect(letter.headers.get('content-type')?.[0]).toContain('text/plain');
  });
});
