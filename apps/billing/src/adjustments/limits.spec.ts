import { isAsLarge, needsSecond } from './limits.js';

const limits = new Map([
  ['USD', '500'],
  ['*', '100.50'],
]);

describe('what one member of staff books alone', () => {
  it.each([
    ['500', 'USD', false],
    ['500.000001', 'USD', true],
    ['-500.01', 'USD', true],
    ['100.5', 'EUR', false],
    ['-100.51', 'JPY', true],
  ])('is %s %s: %s', (amount, currency, needs) => {
    expect(needsSecond(limits, { amount, currency })).toBe(needs);
  });

  it('is everything where nothing is said', () => {
    expect(needsSecond(new Map(), { amount: '999999999999', currency: 'USD' })).toBe(false);
    expect(needsSecond(new Map([['EUR', '1']]), { amount: '2', currency: 'USD' })).toBe(false);
  });

  it('comes to the same however it is written', () => {
    expect(isAsLarge({ amount: '5.00', currency: 'USD' }, { amount: '5', currency: 'USD' })).toBe(true);
    expect(isAsLarge({ amount: '5', currency: 'USD' }, { amount: '-5', currency: 'USD' })).toBe(false);
  });
});
