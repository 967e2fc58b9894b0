import { ATTRIBUTE_TYPES, type AttributeType, readAttribute, readAttributes } from './attribute-values.js';

describe('what is kept of a contact', () => {
  it.each([
    ['text', 'Ciudad de México', 'Ciudad de México'],
    ['number', '12.5', 12.5],
    ['number', -3, -3],
    ['boolean', 'Sí', true],
    ['boolean', 'não', false],
    ['boolean', false, false],
    ['date', ' 1990-02-28 ', '1990-02-28'],
    ['instant', '2026-11-22T10:00:00-06:00', '2026-11-22T16:00:00.000Z'],
  ] as const)('%s takes %j', (type, given, value) => expect(readAttribute(type, given)).toEqual({ value }));

  it.each([
    ['text', 'x'.repeat(1_001)],
    ['text', 5],
    ['number', '1,5'],
    ['number', '1e400'],
    ['number', ''],
    ['boolean', 'perhaps'],
    ['date', '1990-02-30'],
    ['date', '28/02/1990'],
    ['instant', '2026-11-22T10:00:00'],
    ['instant', '2026-13-22T10:00:00Z'],
  ] as const)('%s does not take %j', (type, given) => expect(readAttribute(type, given)).toHaveProperty('problem'));

  it('takes no object, list or nothing for any type', () => {
    for (const type of ATTRIBUTE_TYPES) {
      for (const given of [{}, [], undefined]) expect(readAttribute(type, given)).toHaveProperty('problem');
    }
  });

  it('is only what the merchant defined, and is taken away with null', () => {
    const types = new Map<string, AttributeType>([['city', 'text']]);
    expect(readAttributes(types, { city: null })).toEqual({ changes: { city: null }, problems: {} });
    expect(readAttributes(types, { shoe_size: 42 }).problems).toHaveProperty(['attributes.shoe_size']);
  });
});
