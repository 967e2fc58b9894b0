import { type Estimates, estimateOf } from './estimate.js';

const ESTIMATES: Estimates = {
  prices: { utility: { '*': '0.09', Mexico: '0.0085' }, service: { '*': '0.05', Mexico: '0.0085' } },
  freeService: '0.001',
  numbersWithAllowance: ['n1'],
};
const message = {
  phoneNumberId: 'n2',
  recipient: '5215512345678',
  type: 'template',
  category: 'utility',
  day: '2026-11-22',
};

describe('what is held for a message', () => {
  it.each([
    ['the price of its market', {}, '0.0085'],
    ['that of the dearest market where the market cannot be told', { recipient: 'MX.1349' }, '0.09'],
    ['that of the dearest market where its own has no price', { recipient: '34612345678' }, '0.09'],
    ['the service price for a reply', { category: undefined, type: 'text' }, '0.0085'],
    [
      'what a free reply costs while the number has some left',
      { category: undefined, type: 'text', phoneNumberId: 'n1' },
      '0.001',
    ],
    ['nothing for a reaction', { category: undefined, type: 'reaction' }, undefined],
    ['nothing where no price is known', { category: 'marketing' }, undefined],
  ])('is %s', (_, more, expected) => {
    expect(estimateOf(ESTIMATES, { ...message, ...more })).toBe(expected);
  });
});
