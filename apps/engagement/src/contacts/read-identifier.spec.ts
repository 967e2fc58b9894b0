import { readIdentifier } from './read-identifier.js';

describe('an identifier as people write it', () => {
  it.each([
    ['phone', '+52 1 55 1234 5678', undefined, '+5215512345678'],
    ['phone', '0052 55 1234 5678', undefined, '+525512345678'],
    ['phone', '5215512345678', undefined, '+5215512345678'],
    ['phone', '(55) 1234-5678', 'MX', '+525512345678'],
    ['phone', '011 15-2345-6789', 'AR', '+5491123456789'],
    ['phone', '(11) 98765-4321', 'BR', '+5511987654321'],
    ['wa_id', '5215512345678', undefined, '5215512345678'],
    ['user_id', ' US.1349 ', undefined, 'US.1349'],
    ['username', '@Ana.Shop', undefined, 'ana.shop'],
  ] as const)('%s "%s" (%s) is kept as %s', (kind, given, country, value) => {
    expect(readIdentifier(kind, given, country)).toEqual({ identifier: { kind, value } });
  });

  it.each([
    ['phone', '12', undefined],
    ['phone', 'call me', 'MX'],
    ['phone', '5512345678', undefined],
    ['phone', '', 'MX'],
    ['phone', '+'.repeat(5_000), undefined],
    ['user_id', 'us.1', undefined],
    ['username', 'a b', undefined],
  ] as const)('%s "%s" (%s) is none', (kind, given, country) => {
    expect(readIdentifier(kind, given, country)).toHaveProperty('problem');
  });
});
