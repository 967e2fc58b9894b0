import { givenParameters } from './given-parameters.js';

describe('the parameters of a write', () => {
  it.each<[string, Record<string, unknown>, unknown, unknown]>([
    [
      'may be in the query',
      { code_method: 'SMS', language: 'en_US' },
      undefined,
      { code_method: 'SMS', language: 'en_US' },
    ],
    ['may be in the body', {}, { code: '123456' }, { code: '123456' }],
    ['are those of the body where both name one', { code: '1', pin: '2' }, { code: '3' }, { code: '3', pin: '2' }],
    ['are not the key, nor the number', { access_token: 'k', phone_number_id: '1' }, undefined, undefined],
    ['are not what cannot be one', { code: ['1', '2'] }, { pin: '2' }, { pin: '2' }],
    ['leave a body alone that is none', { code: '1' }, 'text', 'text'],
  ])('%s', (_, query, body, expected) => {
    expect(givenParameters(query, body)).toEqual(expected);
  });
});
