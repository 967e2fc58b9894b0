import { CampaignStage, recipient } from '../../../../test/support/campaign-stage.js';
import type { Merchant } from '../../../../test/support/gateway.js';

const stage = new CampaignStage();
let shop: Merchant;

beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await stage.merchant();
});

const call = (method: string, path: string, body?: unknown) => stage.call(shop, method, path, body);
const draft = async (more: object = {}) =>
  (await call('POST', '/campaigns', stage.draft(shop, more))).body.id as string;
const launch = async (id: string) => {
  const { status, body } = await call('POST', `/campaigns/${id}/launch`);
  return [status, body.error?.message ?? body.state];
};
const contact = (n: number, more: object = {}) =>
  call('POST', '/contacts', { identifiers: [{ kind: 'phone', value: recipient(n) }], ...more });
const audienceOf = async (id: string) =>
  (
    await stage.database.owner.query(
      `SELECT customer FROM campaign_recipients WHERE campaign_id = $1 AND state <> 'listed' ORDER BY 1`,
      [id],
    )
  ).rows.map((row: { customer: string }) => `+${row.customer}`);

describe('a campaign that is launched', () => {
  it('goes to its contacts, also to who was listed before the draft was changed, and to nobody else', async () => {
    await contact(1, { name: 'Ana' });
    await contact(2);
    const id = await stage.drafted(shop, 1); // recipient 0, who is no contact
    await call('POST', `/campaigns/${id}/recipients`, { recipients: [{ to: recipient(1) }] });
    const changed = await call('PUT', `/campaigns/${id}`, stage.draft(shop, { audience: 'contacts' }));
    expect(changed.body.audience).toBe('contacts');
    expect(await launch(id)).toEqual([200, 'freezing']);
    expect((await stage.reaches(shop, id, 'finished')).progress).toMatchObject({ audience: 2, accepted: 2 });
    expect(await audienceOf(id)).toEqual([recipient(1), recipient(2)]);
  });

  it('goes to the list that it had when it is changed back', async () => {
    const id = await stage.drafted(shop, 2);
    await call('PUT', `/campaigns/${id}`, stage.draft(shop, { audience: 'contacts' }));
    await call('PUT', `/campaigns/${id}`, stage.draft(shop));
    await launch(id);
    expect((await stage.reaches(shop, id, 'finished')).progress).toMatchObject({ audience: 2, accepted: 2 });
  });

  it.each([
    ['is gone', undefined],
    ['is of another type now', 'number'],
  ])('is not, and not previewed, when an attribute that its segment asks for %s', async (_, type) => {
    await call('PUT', '/contacts/attributes/city', { type: 'text' });
    await contact(1, { attributes: { city: 'CDMX' } });
    const filter = { not: { attribute: 'city', is: 'one_of', value: ['CDMX'] } };
    const segment = (await call('POST', '/segments', { name: 'Not in the city', filter })).body.id;
    const id = await draft({ audience: 'segment', segment_id: segment });
    // The API takes no attribute away that a segment asks for; it may have been gone before it asked.
    await stage.database.owner.query('DELETE FROM contact_attributes WHERE tenant_id = $1', [shop.tenantId]);
    if (type) await call('PUT', '/contacts/attributes/city', { type });
    const refused = [409, expect.stringContaining('Not in the city')];
    expect(await launch(id)).toEqual(refused);
    const preview = await call('POST', `/campaigns/${id}/preview`);
    expect([preview.status, preview.body.error.message]).toEqual(refused);
    expect((await stage.see(shop, id)).state).toBe('draft');
  });

  it('has the categories that it was drafted with: what Meta changed since is accepted by saving it again', async () => {
    const id = await stage.drafted(shop, 1);
    await stage.database.owner.query(
      `UPDATE templates SET category = 'utility' WHERE tenant_id = $1 AND name = 'spring_sale'`,
      [shop.tenantId],
    );
    expect(await launch(id)).toEqual([409, expect.stringContaining('from marketing to utility')]);
    expect((await call('PUT', `/campaigns/${id}`, stage.draft(shop))).status).toBe(200);
    expect(await launch(id)).toEqual([200, 'freezing']);
    await stage.reaches(shop, id, 'finished');
  });

  it('is previewed by the consent that its template needs now', async () => {
    const variants = [{ ...stage.draft(shop).variants[0], template: 'order_update' }];
    const id = await draft({ audience: 'contacts', variants });
    await contact(1);
    const said = { customer: recipient(1), purpose: 'marketing', state: 'withdrawn' };
    expect((await call('POST', '/consents', said)).status).toBe(201);
    await stage.database.owner.query(
      `UPDATE templates SET category = 'marketing' WHERE tenant_id = $1 AND name = 'order_update'`,
      [shop.tenantId],
    );
    // Nobody is left, so nothing is asked of billing, which is away here.
    expect(await call('POST', `/campaigns/${id}/preview`)).toMatchObject({
      status: 200,
      body: { audience: 1, suppressed: 1, recipients: 0 },
    });
  });

  it('is previewed without those for whom a word is missing, as it is sent', async () => {
    const parameters = [{ type: 'text', text: '{{name}}' }];
    const variants = [{ ...stage.draft(shop).variants[0], components: [{ type: 'body', parameters }] }];
    const id = await draft({ variants });
    const names = [undefined, null, '', ' \n\t', '\u00a0\u2003', { first: 'Ana' }, ['Ana']];
    const recipients = names.map((name, n) => ({ to: recipient(n), attributes: { name } }));
    expect((await call('POST', `/campaigns/${id}/recipients`, { recipients })).body.added).toBe(names.length);
    // Nobody is left, so nothing is asked of billing, which is away here.
    expect(await call('POST', `/campaigns/${id}/preview`)).toMatchObject({
      status: 200,
      body: { audience: names.length, missing_attributes: names.length, recipients: 0 },
    });
    await launch(id);
    const { progress } = await stage.reaches(shop, id, 'finished');
    expect(progress).toMatchObject({ audience: names.length, accepted: 0, refused: names.length });
    const there = await draft({ variants });
    const given = ['Ana', 7, 0, false, 'é'].map((name, n) => ({ to: recipient(n), attributes: { name } }));
    await call('POST', `/campaigns/${there}/recipients`, { recipients: given });
    await launch(there);
    expect((await stage.reaches(shop, there, 'finished')).progress).toMatchObject({
      accepted: given.length,
      refused: 0,
    });
  });

  it('is not for a time that has passed for everybody, nor drafted for one that never comes', async () => {
    const id = await stage.drafted(shop, 1, { schedule: { local: '2025-12-01T09:00' } });
    expect(await launch(id)).toEqual([409, expect.stringContaining('schedule')]);
    for (const schedule of [
      { local: '2027-02-31T09:00' },
      { local: '0000-01-01T09:00' },
      { local: '2027-02-01T09:00', at: '2027-02-01T09:00:00Z' },
    ]) {
      const { status, body } = await call('POST', '/campaigns', stage.draft(shop, { schedule }));
      expect([status, body.error.message]).toEqual([400, expect.stringContaining('schedule')]);
    }
    expect(stage.sentFrom(shop.metaPhoneNumberId)).toEqual([]);
  });
});
