import { jittered, PALOMAS_DELIVERY } from './delivery-policy.js';

const DAY = 86_400_000;

describe('the retries of a tenant webhook', () => {
  it('come at growing gaps and end seven days after the event', () => {
    const { gapsMs, restsMs } = PALOMAS_DELIVERY;
    for (const gaps of [gapsMs, restsMs]) expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
    const days = gapsMs.reduce((sum, gap) => sum + gap, 0) / DAY;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7.1);
  });

  it('do not all come back at once: each gap varies by a tenth to either side', () => {
    expect([0, 0.5, 1].map((chance) => jittered(10_000, PALOMAS_DELIVERY.jitter, chance))).toEqual([
      9_000, 10_000, 11_000,
    ]);
  });
});
