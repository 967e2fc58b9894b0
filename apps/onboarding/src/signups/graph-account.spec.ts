import { numberOfApp, numberOfSignup } from './graph-account.js';
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

describe('the number of a signup by the WhatsApp Business app', () => {
  const pending = { id: '1', status: 'PENDING', code_verification_status: 'VERIFIED', is_on_biz_app: false };
  const [first, second] = ['2', '3'].map((id) => ({ id, status: 'CONNECTED', is_on_biz_app: true }));
  const all = [pending, first, second].filter((n) => n !== undefined);
  const here = (...held: [string, string][]) => new Map(held);

  it.each([
    ['one of the app, not one that waits to be registered', all, undefined, here(), '2'],
    ['the one that is new here', all, undefined, here(['2', 'CONNECTED']), '3'],
    ['the one that is new here, before one that was cut off', all, undefined, here(['2', 'DISCONNECTED']), '3'],
    ['the one that was cut off', all, undefined, here(['2', 'CONNECTED'], ['3', 'DISCONNECTED']), '3'],
    [
      'the one that is connected when there is no other',
      all,
      undefined,
      here(['2', 'CONNECTED'], ['3', 'FLAGGED']),
      '2',
    ],
    ['the one that was named', all, '2', here(['2', 'CONNECTED']), '2'],
    ['none when the account has none of the app', [pending], undefined, here(), undefined],
  ])('is %s', (_, numbers, named, held, expected) => {
    expect(numberOfApp(numbers, named, held)?.id).toBe(expected);
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
