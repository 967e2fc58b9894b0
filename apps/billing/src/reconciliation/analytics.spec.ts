import { analyticsParts, cellOf } from './analytics.js';

describe("Meta's figures", () => {
  it.each([
    ['2025-05-01', '2025-05-31', [['conversation_analytics', '2025-05-01', '2025-06-01']]],
    ['2025-06-30', '2025-06-30', [['conversation_analytics', '2025-06-30', '2025-07-01']]],
    [
      '2025-06-30',
      '2025-07-01',
      [
        ['conversation_analytics', '2025-06-30', '2025-07-01'],
        ['pricing_analytics', '2025-07-01', '2025-07-02'],
      ],
    ],
    ['2025-07-01', '2025-07-01', [['pricing_analytics', '2025-07-01', '2025-07-02']]],
  ])('of %s to %s are of conversations until June 2025 and of messages from July on', (from, to, expected) => {
    expect(analyticsParts({ from, to }).map((p) => [p.kind, p.from, p.before])).toEqual(expected);
  });

  it('of conversations are read as those of messages are', () => {
    const point = {
      start: 0,
      phone_number: '+1 555 0100',
      country: 'MX',
      conversation_category: 'AUTHENTICATION_INTERNATIONAL',
      conversation_direction: 'BUSINESS_INITIATED',
      conversation_type: 'REGULAR',
      conversation: 4,
      cost: 0.084,
    };
    const common = { number: '15550100', market: 'Mexico', volume: 4, cost: '0.084', charged: true };
    expect(cellOf(point, '2025-05-01')).toEqual({
      ...common,
      day: '2025-05-01',
      category: 'authentication_international',
    });
    expect(cellOf(point, '2023-05-31')).toMatchObject({ ...common, category: 'business_initiated' });
    const free = { ...point, conversation_type: 'FREE_ENTRY', conversation_category: 'SERVICE' };
    expect(cellOf(free, '2025-05-01')).toMatchObject({ category: 'service', charged: false });
  });
});
