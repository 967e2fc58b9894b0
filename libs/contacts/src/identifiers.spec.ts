import { customerKeysOf, identifiersOf } from './identifiers.js';

describe('who wrote a message', () => {
  it('is known by wa_id and phone, which may differ', () => {
    expect(identifiersOf({ customer: '551187654321', userId: null, payload: { from: '5511987654321' } })).toEqual([
      { kind: 'wa_id', value: '551187654321' },
      { kind: 'phone', value: '+5511987654321' },
    ]);
  });

  it('is known by the user id alone when the number is hidden', () => {
    const userId = 'US.13491208655302741918';
    expect(identifiersOf({ customer: userId, userId, payload: { from_user_id: userId } })).toEqual([
      { kind: 'user_id', value: userId },
    ]);
  });

  it('is known by the user id first of all when everything is told', () => {
    const writer = { customer: '15551234567', userId: 'US.1', payload: { from: '15551234567' } };
    expect(identifiersOf(writer).map((i) => i.kind)).toEqual(['user_id', 'wa_id', 'phone']);
  });

  it('is nobody when the message names nobody, or with what cannot be a name', () => {
    expect(identifiersOf({ customer: '', userId: null, payload: {} })).toEqual([]);
    expect(identifiersOf({ customer: 'x'.repeat(5_000), userId: '9'.repeat(300), payload: { from: 7 } })).toEqual([]);
  });

  it('is written to under digits or user id, each once', () => {
    expect(
      customerKeysOf([
        { kind: 'user_id', value: 'US.1' },
        { kind: 'wa_id', value: '15551234567' },
        { kind: 'phone', value: '+15551234567' },
        { kind: 'username', value: 'ana' },
      ]),
    ).toEqual(['US.1', '15551234567']);
  });
});
