import { attributesWithoutFallback, MissingAttribute, personal } from './personal-parameters.js';

const BODY = [
  {
    type: 'body',
    parameters: [
      { type: 'text', text: '{{name|friend}}' },
      { type: 'text', text: 'no {{order}}' },
    ],
  },
];

describe('personal parameters', () => {
  it('are the recipient’s own, wherever they stand', () => {
    expect(personal(BODY, { name: 'Ana', order: 7 })).toEqual([
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: 'no 7' },
        ],
      },
    ]);
    expect(attributesWithoutFallback(BODY)).toEqual(['order']);
  });

  it.each([{}, { name: null }, { name: '' }, { name: '  \n' }, { name: { nested: true } }])(
    'fall back where there is nothing to say: %j',
    (attributes) => {
      expect(personal('Hello {{ name | friend }}!', attributes)).toBe('Hello friend!');
    },
  );

  it('are missed by name where there is no fallback', () => {
    expect(() => personal(BODY, { name: 'Ana' })).toThrow(new MissingAttribute('order'));
  });

  it('are on one line, as Meta wants them, and are not read again', () => {
    expect(personal('{{name}}', { name: 'Ana\n\t  María' })).toBe('Ana María');
    expect(personal('{{name}}', { name: '{{order}}', order: 'secret' })).toBe('{{order}}');
  });
});
