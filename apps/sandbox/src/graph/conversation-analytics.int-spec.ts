import { Harness } from '../../testing/harness.js';

const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

describe('conversation_analytics', () => {
  it('counts conversations of the time before July 2025, once however many messages they held', async () => {
    await harness.control('POST', '/clock', { now: '2025-06-10T12:00:00Z' });
    await harness.control('POST', '/settings', {
      sent_after_ms: 1_000,
      delivered_after_ms: 2_000,
      read_after_ms: 3_000,
    });
    for (const to of ['+15550002222', '+15550002222', '+5215512345678']) await harness.sendTemplate(to);
    await harness.advance(10_000);
    const start = Date.parse('2025-06-10T00:00:00Z') / 1_000;
    const fields =
      `conversation_analytics.start(${start}).end(${start + 86_400}).granularity(DAILY)` +
      '.metric_types(["CONVERSATION"]).dimensions(["CONVERSATION_CATEGORY","CONVERSATION_TYPE"])';
    const { body } = await harness.graph('GET', `/${harness.waba.id}?fields=${encodeURIComponent(fields)}`);
    expect(body.conversation_analytics.data[0].data_points).toEqual([
      {
        start,
        end: start + 86_400,
        conversation_category: 'UTILITY',
        conversation_type: 'REGULAR',
        conversation: 2,
      },
    ]);
  });
});
