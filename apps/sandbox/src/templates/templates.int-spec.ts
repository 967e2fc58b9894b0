import { Harness } from '../../testing/harness.js';

const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

const create = (name: string, more: object = {}) =>
  harness.graph('POST', `/${harness.waba.id}/message_templates`, {
    name,
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your parcel is here.' }],
    ...more,
  });
const list = (query = '') => harness.graph('GET', `/${harness.waba.id}/message_templates?limit=100&${query}`);

describe('templates', () => {
  it('wait for review and are approved by themselves, with a webhook', async () => {
    const created = (await create('parcel')).body;
    expect(created).toEqual({ id: expect.stringMatching(/^\d{15}$/), status: 'PENDING', category: 'UTILITY' });
    await harness.advance(2_000);
    expect(await harness.receiver.change('message_template_status_update')).toEqual({
      event: 'APPROVED',
      message_template_id: Number(created.id),
      message_template_name: 'parcel',
      message_template_language: 'en-US',
      reason: 'NONE',
      message_template_category: 'UTILITY',
    });
    expect((await harness.graph('GET', `/${created.id}?fields=status`)).body).toEqual({
      status: 'APPROVED',
      id: created.id,
    });
  });

  it('follow the control call when it is first', async () => {
    await harness.control('POST', '/settings', { template_review_ms: 600_000 });
    const { id } = (await create('parcel')).body;
    await harness.control('POST', `/templates/${id}`, { status: 'REJECTED', reason: 'PROMOTIONAL' });
    expect(await harness.receiver.change('message_template_status_update')).toMatchObject({
      event: 'REJECTED',
      reason: 'PROMOTIONAL',
    });
    await harness.advance(1_200_000);
    expect((await harness.graph('GET', `/${id}`)).body.status).toBe('REJECTED');
  });

  it('are refused with Meta’s subcode', async () => {
    expect(
      await create('parcel', { components: [{ type: 'BODY', text: 'Here: {{1}}', example: { body_text: [['x']] } }] }),
    ).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 100,
          error_subcode: 2388299,
          error_user_title: expect.any(String),
          error_user_msg: expect.any(String),
        },
      },
    });
    expect((await create('order_update')).body.error.error_subcode).toBe(2388024);
  });

  it('change category and quality by Meta’s will, and the change is told', async () => {
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    await harness.control('POST', `/templates/${id}`, { category: 'MARKETING', quality: 'RED' });
    expect(await harness.receiver.change('template_category_update')).toMatchObject({
      previous_category: 'UTILITY',
      new_category: 'MARKETING',
    });
    expect(await harness.receiver.change('message_template_quality_update')).toMatchObject({
      previous_quality_score: 'UNKNOWN',
      new_quality_score: 'RED',
    });
  });

  it('go back to review when edited, and keep their category once approved', async () => {
    await harness.control('POST', '/settings', { template_review_ms: 600_000 });
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    expect((await harness.graph('POST', `/${id}`, { category: 'MARKETING' })).status).toBe(400);
    expect(
      (await harness.graph('POST', `/${id}`, { components: [{ type: 'BODY', text: 'Hello.' }] })).body,
    ).toMatchObject({ success: true });
    expect((await harness.sendTemplate('+15550002222', 'offer', [])).body.error.code).toBe(132001);
    await harness.advance(600_000);
    expect((await harness.sendTemplate('+15550002222', 'offer', [])).status).toBe(200);
  });

  it('are edited once in 24 hours while they are approved', async () => {
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    const edit = () => harness.graph('POST', `/${id}`, { components: [{ type: 'BODY', text: 'Hello.' }] });
    expect((await edit()).status).toBe(200);
    await harness.advance(2_000);
    expect((await edit()).status).toBe(400);
    await harness.advance(86_400_000);
    expect((await edit()).status).toBe(200);
  });

  it('are disabled instead of paused a third time, and flagged without being changed', async () => {
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    const decide = (status: string) => harness.control('POST', `/templates/${id}`, { status });
    const status = async () => (await harness.graph('GET', `/${id}`)).body.status;
    await decide('FLAGGED');
    expect(await status()).toBe('APPROVED');
    for (const hours of [3, 6]) {
      await decide('PAUSED');
      expect(await status()).toBe('PAUSED');
      await harness.advance(hours * 3_600_000);
      expect(await status()).toBe('APPROVED');
    }
    await decide('PAUSED');
    expect(await status()).toBe('DISABLED');
  });

  it('come back from the archive as they were, or are deleted after 28 days', async () => {
    const [kept, lost] = [
      await harness.template('kept', 'UTILITY', 'Hi.'),
      await harness.template('lost', 'UTILITY', 'Hi.'),
    ];
    for (const { id } of [kept, lost]) await harness.control('POST', `/templates/${id}`, { status: 'ARCHIVED' });
    await harness.control('POST', `/templates/${kept.id}`, { status: 'UNARCHIVED' });
    await harness.advance(28 * 86_400_000);
    expect((await harness.graph('GET', `/${kept.id}`)).body.status).toBe('APPROVED');
    expect((await harness.graph('GET', `/${lost.id}`)).status).toBe(400);
  });

  it('change category a day after the notice', async () => {
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    await harness.control('POST', `/templates/${id}`, { correct_category: 'MARKETING' });
    expect(await harness.receiver.change('template_category_update')).toMatchObject({
      new_category: 'UTILITY',
      correct_category: 'MARKETING',
      category_update_timestamp: expect.any(Number),
    });
    expect((await harness.graph('GET', `/${id}?fields=category`)).body.category).toBe('UTILITY');
    await harness.advance(86_400_000);
    expect((await harness.graph('GET', `/${id}?fields=category`)).body.category).toBe('MARKETING');
  });

  it('are deleted in all languages by name, in one by id, and their name rests 30 days', async () => {
    await harness.template('offer', 'UTILITY', 'Hi.');
    await harness.control('POST', '/templates', {
      waba_id: harness.waba.id,
      name: 'offer',
      language: 'de',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Hallo.' }],
    });
    const german = (await list('language=de')).body.data[0].id;
    await harness.graph('DELETE', `/${harness.waba.id}/message_templates?name=offer&hsm_id=${german}`);
    expect((await list('name=offer')).body.data).toHaveLength(1);
    await harness.graph('DELETE', `/${harness.waba.id}/message_templates?name=offer`);
    expect((await list('name=offer')).body.data).toHaveLength(0);
    expect((await create('offer')).body.error.error_subcode).toBe(2388023);
    await harness.advance(30 * 86_400_000);
    expect((await create('offer')).status).toBe(200);
  });

  it('are at most 100 an hour, and 250 until the business is verified and a name approved', async () => {
    for (let i = 0; i < 100; i++) expect((await create(`t${i}`)).status).toBe(200);
    expect((await create('one_more')).body.error).toMatchObject({ code: 80007 });
    await harness.advance(3_500_000);
    expect((await create('one_more')).status).toBe(400);
    await harness.advance(100_000);
    expect((await create('one_more')).status).toBe(200);

    // With the one it began with: 102.
    for (let i = 0; i < 148; i++) await harness.template(`u${i}`, 'UTILITY', 'Hi.');
    await harness.advance(3_600_000);
    const verified = (verification_status: string) =>
      harness.control('POST', `/portfolios/${harness.waba.business_id}`, { verification_status });
    const named = (name_status: string) =>
      harness.control('POST', `/phone_numbers/${harness.number.id}`, { name_status });
    for (const [status, name, subcode] of [
      ['not_verified', 'APPROVED', 2388019],
      ['verified', 'DECLINED', 2388019],
      ['verified', 'APPROVED', undefined],
    ] as const) {
      await verified(status);
      await named(name);
      expect((await create('another')).body.error?.error_subcode).toBe(subcode);
    }
  });

  it('are listed page by page by following `next` as given', async () => {
    for (let i = 0; i < 6; i++) await harness.template(`t${i}`, 'UTILITY', 'Hi.');
    const names: string[] = [];
    let url: string | undefined =
      `/v23.0/${harness.waba.id}/message_templates?limit=3&fields=name&access_token=${harness.token}`;
    while (url) {
      const { body }: Awaited<ReturnType<Harness['http']>> = await harness.http('GET', url, undefined, {});
      names.push(...body.data.map((template: { name: string }) => template.name));
      url = body.paging?.next;
    }
    expect(names).toEqual(['order_update', 't0', 't1', 't2', 't3', 't4', 't5']);
    expect((await list('after=nonsense')).body.error.code).toBe(100);
  });
});
