import { namedLate } from './named-late.js';

describe('an event that comes when the signup is live', () => {
  const live = { wabaId: '1', phoneNumberId: '10', coexistence: false };
  const ofApp = { ...live, coexistence: true };

  it.each([
    ['the same account and number', { wabaId: '1', phoneNumberId: '10', coexistence: false }, live, undefined],
    ['the account alone', { wabaId: '1', coexistence: false }, live, undefined],
    [
      'another number',
      { wabaId: '1', phoneNumberId: '11', coexistence: false },
      live,
      { wabaId: '1', phoneNumberId: '11' },
    ],
    ['another account', { wabaId: '2', coexistence: false }, live, { wabaId: '2' }],
    [
      'the app, where none of its numbers is live',
      { wabaId: '1', coexistence: true },
      live,
      { wabaId: '1', byApp: true },
    ],
    ['the app, whose number is live', { wabaId: '1', coexistence: true }, { ...ofApp, numberOfApp: '10' }, undefined],
    [
      'the app, of which another number was new',
      { wabaId: '1', coexistence: true },
      { ...ofApp, numberOfApp: '12' },
      { wabaId: '1', phoneNumberId: '12', byApp: true },
    ],
    ['the app, once more', { wabaId: '1', coexistence: true }, { ...ofApp, byApp: true as const }, undefined],
  ])('and names %s', (_, told, held, expected) => {
    expect(namedLate({ told: 'finished', ...told }, held)).toEqual(expected);
  });
});
