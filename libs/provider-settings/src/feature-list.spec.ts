import { isSwitchedOn } from './feature-list.js';

const [on, off] = [{ on: true }, { on: false }];

describe('a feature', () => {
  it.each([
    ['on until somebody switches it', undefined, undefined, true],
    ['off for all when the provider switches it off', off, undefined, false],
    ['on for the one tenant for whom it is switched on', off, on, true],
    ['off for the one tenant for whom it is switched off', undefined, off, false],
    ['off for that tenant also when it is on for all', on, off, false],
  ])('is %s', (_, provider, tenant, expected) => {
    expect(isSwitchedOn('campaigns', provider, tenant)).toBe(expected);
  });

  it('that begins before there is a tenant knows the provider’s switch alone', () => {
    expect(isSwitchedOn('accounts', off, on)).toBe(false);
  });
});
