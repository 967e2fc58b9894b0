import { jest } from '@jest/globals';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import type { Erasure } from '#libs/privacy';
import { liveWith, NUMBER, OTHER_FORM, SOMEBODY, USER_ID } from '../../../../test/support/customer-life.js';
import { Forgetting } from '../../../../test/support/forgetting.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';

const HOUR_MS = 3_600_000;

describe('forgetting a customer', () => {
  let forgetting: Forgetting;
  let database: Forgetting['database'];
  let shop: FoundedNumber;

  beforeAll(async () => {
    forgetting = await Forgetting.start();
    database = forgetting.database;
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'Shop');
  });
  afterAll(() => forgetting.close());

  const ask = (): Promise<Erasure> => forgetting.ask(shop.tenantId);
  const pass = (erasure: Erasure) => forgetting.pass(shop.tenantId, erasure);
  const stateOf = (erasure: Erasure) => forgetting.stateOf(erasure);
  const sql = async (text: string, ...values: unknown[]) =>
    (await database.owner.query(text, [shop.tenantId, ...values])).rows;
  async function message(status: string, heldFor: string | null = null): Promise<string> {
    const id = newId(new Date());
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at, held_for)
       VALUES ($1, $2, $3, $4, 'text', '{"text":{"body":"hola"}}', 1, true, $5, now(), now(), now() + '2 days', $6)`,
      [shop.tenantId, id, shop.phoneNumberId, NUMBER, status, heldFor],
    );
    return id;
  }
  async function rawEvent(status: 'new' | 'parked'): Promise<string> {
    const id = newId(new Date());
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status)
       VALUES ($1, $2, 'phone_number:7', 'messages', $3, $4)`,
      [PROVIDER_TENANT, id, JSON.stringify({ from: NUMBER }), status],
    );
    return id;
  }
  const rawEvents = async () =>
    (await database.owner.query('SELECT 1 FROM meta_events WHERE body::text LIKE $1', [`%${NUMBER}%`])).rows;

  it('is carried on where it was killed, also with what Meta told before the number was the merchant’s', async () => {
    await liveWith(database, forgetting.media, shop);
    await rawEvent('parked');
    expect(await forgetting.filesIn(shop.tenantId)).toBe(1);
    const erasure = await ask();
    const db = forgetting.worker.app.get(Database);
    const inTenant = db.inTenant.bind(db);
    // It dies right after the first, second… transaction of a pass has been committed: that of the first look, of a file's
    // row, of its bytes (twice, when they are swept up), and of the last pass.
    const deadly = [1, 2, 3, 4, 3];
    let transactions = 0;
    let deaths = 0;
    const spy = jest.spyOn(db, 'inTenant').mockImplementation(async (tenantId, work) => {
      const done = await inTenant(tenantId, work);
      if (++transactions === deadly[deaths]) throw new Error('killed');
      return done;
    });
    while ((await stateOf(erasure)).state === 'waiting') {
      transactions = 0;
      await pass(erasure).catch((error) => expect(error.message).toBe('killed'));
      deaths++;
    }
    spy.mockRestore();
    expect(await forgetting.filesIn(shop.tenantId)).toBe(0);
    expect(deaths).toBe(deadly.length);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await rawEvents()).toEqual([]);
  });

  it('is done also of who has several lines in one campaign, each of which stays one of its recipients', async () => {
    await liveWith(database, forgetting.media, shop);
    const [{ campaign_id: campaign, contact_id: contact }] = await sql(
      'SELECT campaign_id, contact_id FROM campaign_recipients WHERE tenant_id = $1',
    );
    const second = '525587654321';
    await sql(
      `INSERT INTO contact_identifiers (tenant_id, kind, value, line, contact_id) VALUES ($1, 'phone', $2, $3, $4)`,
      `+${second}`,
      second,
      contact,
    );
    await sql(
      `INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, contact_id, attributes, state)
       VALUES ($1, $2, $3, $3, $4, '{}', 'accepted')`,
      campaign,
      second,
      contact,
    );
    const erasure = await ask();
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    const lines = await sql('SELECT line FROM campaign_recipients WHERE tenant_id = $1');
    expect(lines.map(({ line }) => line)).toEqual([expect.stringMatching(/^52\d~/), expect.stringMatching(/^52\d~/)]);
  });

  it('finds who hid the number first and is two contacts, by the message that shows both', async () => {
    const contact = async (kind: string, value: string, name: string) => {
      const id = newId(new Date());
      await sql(
        `INSERT INTO contacts (tenant_id, contact_id, name, attributes, created_at, updated_at)
         VALUES ($1, $2, $3, '{}', now(), now())`,
        id,
        name,
      );
      await sql(
        'INSERT INTO contact_identifiers (tenant_id, kind, value, line, contact_id) VALUES ($1, $2, $3, $4, $5)',
        kind,
        value,
        kind === 'user_id' ? value : OTHER_FORM,
        id,
      );
    };
    await contact('wa_id', NUMBER, 'Ana');
    await contact('user_id', USER_ID, 'somebody hidden');
    await sql(
      `INSERT INTO inbound_messages (tenant_id, inbound_id, phone_number_id, meta_message_id, customer, user_id, type,
                                     payload, at) VALUES ($1, $2, $3, 'wamid.1', $4, $5, 'text', '{}', now())`,
      newId(new Date()),
      shop.phoneNumberId,
      NUMBER,
      USER_ID,
    );
    const erasure = await ask();
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await sql('SELECT name FROM contacts WHERE tenant_id = $1')).toEqual([{ name: null }, { name: null }]);
    expect(await sql('SELECT 1 FROM contact_identifiers WHERE tenant_id = $1')).toEqual([]);
  });

  it('finds numbers in lines of an import as people write them, and nobody else’s', async () => {
    const importId = newId(new Date());
    await sql(
      `INSERT INTO contact_imports (tenant_id, import_id, state, plan, made_by, touched_at)
       VALUES ($1, $2, 'done', '{}', 'key:1', now())`,
      importId,
    );
    const lines = ['Ana,+52 1 (55) 1234-5678,blue', 'Ana,+52.55.1234.5678', `Ana,${NUMBER}`, `Beto,${SOMEBODY}`];
    for (const [row, line] of lines.entries()) {
      await sql(
        'INSERT INTO contact_import_refusals (tenant_id, import_id, row, reason, content) VALUES ($1, $2, $3, $4, $5)',
        importId,
        row,
        'has no consent',
        line,
      );
    }
    await sql(
      `INSERT INTO contact_import_pieces (tenant_id, import_id, nth, first_row, bytes) VALUES ($1, $2, 1, 1, $3)`,
      importId,
      Buffer.from('Ana;+52 1 55 1234 5678\n'),
    );
    const erasure = await ask();
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({
      state: 'waiting',
      waits_for: 'a contact import',
      found: { contact_import_refusals: 3, contact_import_pieces: 1 },
    });
    expect(await sql('SELECT content FROM contact_import_refusals WHERE tenant_id = $1')).toEqual([
      { content: `Beto,${SOMEBODY}` },
    ]);
    await sql('DELETE FROM contact_import_pieces WHERE tenant_id = $1');
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
  });

  it('waits for what Meta told of a number that is nobody’s yet, which would name the customer once more', async () => {
    const event = await rawEvent('new');
    const erasure = await ask();
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({
      state: 'waiting',
      waits_for: "webhooks of Meta's whose merchant is not known yet",
    });
    await database.owner.query(`UPDATE meta_events SET status = 'parked' WHERE event_id = $1`, [event]);
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await rawEvents()).toEqual([]);
  });

  it('only looks at what is on its way until that has ended, and not every minute', async () => {
    const sent = await message('sent');
    const erasure = await ask();
    await pass(erasure);
    const first = await stateOf(erasure);
    expect(first).toMatchObject({ state: 'waiting', waits_for: 'messages on their way', found: { messages: 1 } });
    expect(first.due_at.getTime()).toBeGreaterThan(Date.now() + HOUR_MS / 2);
    expect(first.due_at.getTime()).toBeLessThan(Date.now() + 2 * HOUR_MS);

    await database.owner.query('INSERT INTO service_windows VALUES ($1, $2, $3, now())', [
      shop.tenantId,
      shop.phoneNumberId,
      NUMBER,
    ]);
    await pass(erasure);
    expect((await stateOf(erasure)).changed).toEqual(first.changed);

    await database.owner.query(`UPDATE messages SET status = 'read' WHERE message_id = $1`, [sent]);
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({
      state: 'done',
      remains: {},
      changed: { messages: 1, service_windows: 1 },
    });
  });

  it('says that parked messages wait for a person, and lets those run out that wait for their template', async () => {
    const held = await message('parked', 'template_paused');
    const parked = await message('parked');
    const erasure = await ask();
    await pass(erasure);
    expect((await stateOf(erasure)).waits_for).toBe('parked messages, which somebody tries again or gives up');
    const { rows } = await database.owner.query(
      'SELECT message_id AS id, expires_at <= now() AS over FROM messages WHERE tenant_id = $1 ORDER BY message_id',
      [shop.tenantId],
    );
    expect(rows).toEqual([
      { id: held, over: true },
      { id: parked, over: false },
    ]);
  });
});
