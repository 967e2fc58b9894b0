import { Harness } from '../../testing/harness.js';

const ADA = '+15550002222';
const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

const fault = (body: object) => harness.control('POST', '/faults', body);
const accepted = async () => (await harness.control('GET', '/messages')).body.data.length;

describe('faults', () => {
  it('answer an error without doing anything, as often as asked', async () => {
    await fault({ path: '/messages', mode: 'error', http_status: 503, code: 131016, count: 2 });
    for (let i = 0; i < 2; i++)
      expect(await harness.sendTemplate(ADA)).toMatchObject({ status: 503, body: { error: { code: 131016 } } });
    expect(await accepted()).toBe(0);
    expect((await harness.sendTemplate(ADA)).status).toBe(200);
  });

  it('take a likely code where only a status is asked for', async () => {
    await fault({ path: '/messages', mode: 'error', http_status: 429 });
    expect(await harness.sendTemplate(ADA)).toMatchObject({ status: 429, body: { error: { code: 130429 } } });
  });

  it('cut the connection before, or after the message is in', async () => {
    await fault({ to: ADA, mode: 'drop' });
    await expect(harness.sendTemplate(ADA)).rejects.toThrow();
    expect(await accepted()).toBe(0);
    await fault({ to: ADA, mode: 'drop_after_accept' });
    expect((await harness.sendTemplate('+15550003333')).status).toBe(200);
    await expect(harness.sendTemplate(ADA)).rejects.toThrow();
    expect((await harness.control('GET', '/messages?to=15550002222')).body.data).toHaveLength(1);
    const calls = (await harness.control('GET', '/calls?path=/messages')).body.data;
    expect(calls.map(({ status, fault: mode }: { status: number; fault?: string }) => [status, mode])).toEqual([
      [0, 'drop'],
      [200, undefined],
      [0, 'drop_after_accept'],
    ]);
  });

  it('let a message fail or vanish after it was accepted', async () => {
    await fault({ mode: 'failed_status', code: 131026 });
    const failed = (await harness.sendTemplate(ADA)).body.messages[0].id;
    await fault({ mode: 'undelivered' });
    const silent = (await harness.sendTemplate(ADA)).body.messages[0].id;
    await harness.advance(86_400_000);
    expect(await harness.receiver.messageStatus(failed, 'failed')).toMatchObject({ errors: [{ code: 131026 }] });
    const { data } = (await harness.control('GET', '/messages')).body;
    expect(data.find(({ id }: { id: string }) => id === silent).status).toBe('sent');
  });

  it('delay, and can be taken back', async () => {
    await fault({ mode: 'delay', delay_ms: 20 });
    expect((await harness.sendTemplate(ADA)).status).toBe(200);
    await fault({ mode: 'error' });
    await harness.control('DELETE', '/faults');
    expect((await harness.sendTemplate(ADA)).status).toBe(200);
  });
});

describe('control calls', () => {
  it('show what was received, without tokens', async () => {
    const { now } = (await harness.control('GET', '/clock')).body;
    await harness.graph('GET', `/${harness.waba.id}?access_token=${harness.token}`);
    await harness.sendTemplate(ADA);
    const { data } = (await harness.control('GET', `/calls?since=${now}`)).body;
    expect(data).toMatchObject([
      { method: 'GET', path: `/${harness.waba.id}`, version: 'v23.0', status: 200, query: {} },
      { method: 'POST', path: `/${harness.number.id}/messages`, body: { to: ADA, type: 'template' }, status: 200 },
    ]);
    expect(JSON.stringify(data)).not.toContain(harness.token);
    expect((await harness.control('GET', `/calls?after=${data[0].seq}`)).body.data).toHaveLength(1);
  });

  it('set the clock for everybody', async () => {
    await harness.control('POST', '/clock', { now: '2027-03-01T00:00:00.000Z' });
    expect((await harness.control('GET', '/clock')).body.now).toMatch(/^2027-03-01T00:00:0/);
    await harness.advance(3_600_000);
    expect((await harness.control('GET', '/clock')).body.now).toMatch(/^2027-03-01T01:00:0/);
  });

  it('move numbers as Meta does', async () => {
    const move = (body: object) => harness.control('POST', `/phone_numbers/${harness.number.id}`, body);
    await move({ throughput: { level: 'HIGH' }, quality_rating: 'YELLOW' });
    expect(await harness.receiver.change('phone_number_quality_update')).toMatchObject({ event: 'THROUGHPUT_UPGRADE' });
    expect((await harness.graph('GET', `/${harness.number.id}?fields=throughput,quality_rating`)).body).toMatchObject({
      throughput: { level: 'HIGH' },
      quality_rating: 'YELLOW',
    });
    await move({ status: 'BANNED' });
    expect((await harness.sendTemplate(ADA)).body.error.code).toBe(131031);
    await move({ status: 'CONNECTED' });
    expect((await harness.sendTemplate(ADA)).status).toBe(200);
  });

  it.each([
    ['POST', '/faults', { mode: 'explode' }],
    ['POST', '/faults', { mode: 'drop', cuont: 2 }],
    ['POST', '/clock', {}],
    ['POST', '/clock', { now: 'yesterday' }],
    ['POST', '/settings', { latency_ms: 'fast' }],
    ['POST', '/inbound', { phone_number_id: 'x' }],
    ['GET', '/calls?since=never', undefined],
    ['POST', '/portfolios', { messaging_limit: 'LOTS' }],
    ['POST', '/embedded_signup', { event: 'MAYBE' }],
    ['POST', '/embedded_signup', { phone_number: 'none' }],
  ])('refuse what they do not understand: %s %s %j', async (method, path, body) => {
    const answer = await harness.control(method, path, body);
    expect(answer.status).toBe(400);
    expect(String(answer.body.message)).not.toBe('');
  });

  it('refuse ids that name nothing', async () => {
    expect((await harness.control('POST', '/templates/1', { status: 'APPROVED' })).status).toBe(404);
    expect(
      (
        await harness.control('POST', '/inbound', {
          phone_number_id: '1',
          from: '15550002222',
          message: { type: 'text', text: {} },
        })
      ).status,
    ).toBe(404);
  });

  it('take the sandbox back to its beginning', async () => {
    await harness.sendTemplate(ADA);
    await harness.control('POST', '/reset');
    const { body } = await harness.control('GET', '/state');
    expect(body).toMatchObject({
      app_id: 'sandbox-app',
      wabas: [],
      phone_numbers: [],
      messages: 0,
      timers: 0,
      webhooks_pending: 0,
    });
    expect((await harness.control('GET', '/calls')).body.data).toEqual([]);
  });
});

describe('the operator', () => {
  it.each([
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/sdk.js',
    '/en_US/sdk.js',
    '/v23.0/dialog/oauth',
  ])('finds %s', async (path) => {
    expect((await harness.http('GET', path, undefined, {})).status).toBe(200);
  });

  it('finds Graph routes and control calls in the document', async () => {
    const { body } = await harness.http('GET', '/openapi.json', undefined, {});
    expect(body.paths['/{phone_number_id}/messages'].post).toBeDefined();
    expect(body.paths['/_sandbox/faults'].post.requestBody).toBeDefined();
  });
});
