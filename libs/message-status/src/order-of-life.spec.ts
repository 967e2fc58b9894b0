import { orderOfLife } from './order-of-life.js';

const step = (source: 'paloma' | 'meta', kind: string, at: string) => ({
  source,
  kind,
  at: new Date(`2026-11-22T20:00:${at}Z`),
});
const told = (steps: ReturnType<typeof step>[]) => [...steps].sort(orderOfLife).map((s) => s.kind);

describe('the order of a message’s steps', () => {
  it('shows the call before the reports of its second, although Meta’s times have no fraction', () => {
    const steps = [
      step('meta', 'delivered', '52.000'),
      step('meta', 'sent', '52.000'),
      step('paloma', 'sending', '52.147'),
      step('paloma', 'submitted', '52.211'),
      step('meta', 'read', '54.000'),
    ];
    expect(told(steps)).toEqual(['sending', 'submitted', 'sent', 'delivered', 'read']);
  });

  it('keeps attempts of ours in the order of our clock', () => {
    const steps = [
      step('paloma', 'sending', '52.900'),
      step('paloma', 'unknown', '52.400'),
      step('paloma', 'sending', '52.100'),
      step('paloma', 'accepted', '52.600'),
    ];
    expect(told(steps)).toEqual(['sending', 'unknown', 'accepted', 'sending']);
  });

  it('lets whole seconds decide before all else', () => {
    expect(told([step('paloma', 'sending', '53.000'), step('meta', 'failed', '52.000')])).toEqual([
      'failed',
      'sending',
    ]);
  });
});
