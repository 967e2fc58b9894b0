import { Harness } from '../../testing/harness.js';

const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

const analytics = (start: number, end: number, dimensions: string[]) =>
  harness.graph(
    'GET',
    `/${harness.waba.id}?fields=${encodeURIComponent(
      `pricing_analytics.start(${start}).end(${end}).granularity(DAILY).metric_types(["VOLUME"]).dimensions(${JSON.stringify(dimensions)})`,
    )}`,
  );

describe('pricing_analytics', () => {
  it('counts delivered messages by day and by what is asked for, and none that is not delivered', async () => {
    await harness.control('POST', '/clock', { now: '2026-11-10T12:00:00Z' });
    await harness.control('POST', '/settings', {
      sent_after_ms: 600_000,
      delivered_after_ms: 1_200_000,
      read_after_ms: 600_000,
    });
    for (const to of ['+15550002222', '+15550002223', '+5215512345678']) await harness.sendTemplate(to);
    const now = Math.floor(Date.parse((await harness.control('GET', '/clock')).body.now) / 1_000);
    const rows = async (dimensions: string[]) =>
      (await analytics(now - 86_400, now + 86_400, dimensions)).body.pricing_analytics.data[0].data_points;
    expect(await rows(['COUNTRY'])).toEqual([]);
    await harness.advance(3_600_000);
    const day = Math.floor(now / 86_400) * 86_400;
    expect(await rows(['PRICING_CATEGORY', 'PRICING_TYPE'])).toEqual([
      { start: day, end: day + 86_400, pricing_category: 'UTILITY', pricing_type: 'REGULAR', volume: 3 },
    ]);
    expect(
      (await rows(['COUNTRY'])).map((p: { country: string; volume: number }) => [p.country, p.volume]),
    ).toContainEqual(['MX', 1]);
    expect((await analytics(now, now + 1, ['COLOUR'])).body.error.code).toBe(100);
  });
});
