import { numberOfSignup } from './graph-account.js';
import { timeZoneOf } from './meta-time-zone.js';

describe('the number of a signup', () => {
  const connected = { id: '1', status: 'CONNECTED', platform_type: 'CLOUD_API', code_verification_status: 'VERIFIED' };
  const unverified = { id: '2', status: 'PENDING', code_verification_status: 'NOT_VERIFIED' };
  const verified = { id: '3', status: 'PENDING', code_verification_status: 'VERIFIED' };

  it.each([
    ['the one that the dialog named', [connected, unverified, verified], '1', '1'],
    ['the one just verified when none was named', [connected, unverified, verified], undefined, '3'],
    ['not one that the account does not have', [connected, verified], '99', '3'],
    ['one that waits, before one that is connected', [connected, unverified], undefined, '2'],
    ['the connected one when there is no other', [connected], undefined, '1'],
    ['none when the account has none', [], '1', undefined],
  ])('is %s', (_, numbers, named, expected) => {
    expect(numberOfSignup(numbers, named)?.id).toBe(expected);
  });
});

describe('the time zone of an account', () => {
  it('is kept when it is an IANA name', () => {
    for (const name of ['America/Mexico_City', 'Asia/Kolkata', 'UTC']) {
      expect(timeZoneOf(name)).toEqual({ timezone: name, known: true });
    }
  });
  it.each(['1', '', '+02:00', 'Mars/Olympus', 'undefined'])('is not guessed from %j', (id) => {
    expect(timeZoneOf(id)).toEqual({ timezone: 'UTC', known: false });
  });
});
