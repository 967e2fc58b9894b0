import { GraphError, GraphUnreachableError } from '#libs/meta-cloud';
import { TakenByAnotherTenantError } from '#libs/wabas';
import { judgeTrouble } from './judge-trouble.js';
import type { StepName } from './signup-steps.js';

const graph = (status: number, error: object) => new GraphError(status, { error });
const judge = (error: unknown, step: StepName = 'register-number', attempts = 1) =>
  judgeTrouble(error, step, attempts, ['EAAsecret', '123456']);

describe('trouble in a signup', () => {
  it.each([
    ['no answer', new GraphUnreachableError(true, new Error('reset'))],
    ['a proxy’s page', new GraphError(502, undefined)],
    ['a listed trouble of Meta', graph(500, { code: 131000, message: 'x' })],
    ['an unlisted one with 500', graph(500, { code: 987654, message: 'x' })],
    ['too many calls', graph(400, { code: 4, message: 'x' })],
  ])('passes by itself, with growing waits and an end: %s', (_, error) => {
    const waits = [1, 2, 3, 8, 15].map((attempts) => {
      const outcome = judge(error, 'prove-access', attempts);
      expect(outcome).toMatchObject({ is: 'held-up', cause: 'meta_unavailable' });
      return outcome?.is === 'held-up' ? (outcome.retryInMs ?? 0) : 0;
    });
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(waits[0]).toBeGreaterThan(0);
    expect(judge(error, 'prove-access', 20)).not.toHaveProperty('retryInMs');
  });

  it.each([
    ['exchange-code', 100, 36007, 'code_expired'],
    ['exchange-code', 100, 36009, 'code_used'],
    ['exchange-code', 100, undefined, 'code_refused'],
    ['exchange-code', 101, undefined, 'platform_misconfigured'],
    ['prove-access', 100, 33, 'access_refused'],
    ['prove-access', 190, 463, 'token_lost'],
    ['subscribe-app', 2200, undefined, 'platform_misconfigured'],
    ['subscribe-app', 100, undefined, 'meta_refused'],
    ['register-number', 133005, undefined, 'pin_mismatch'],
    ['register-number', 133006, undefined, 'number_unverified'],
    ['register-number', 987654, undefined, 'meta_refused'],
  ] as const)('in %s with code %d/%s is told as it is and not tried again', (step, code, error_subcode, cause) => {
    const outcome = judge(graph(400, { code, error_subcode, message: 'no' }), step);
    expect(outcome).toMatchObject({ is: 'held-up', cause, meta: { code, http_status: 400 } });
    expect(outcome).not.toHaveProperty('retryInMs');
  });

  it('waits as long as Meta says where waiting helps', () => {
    expect(judge(graph(400, { code: 133016, message: 'x' }))).toMatchObject({
      cause: 'register_limit',
      retryInMs: 72 * 3_600_000,
    });
    expect(judge(graph(400, { code: 133015, message: 'x' }))).toMatchObject({
      cause: 'number_pending',
      retryInMs: 300_000,
    });
    expect(judge(graph(400, { code: 133008, message: 'x' }))).toMatchObject({ cause: 'pin_locked' });
  });

  it('names what another tenant has', () => {
    expect(judge(new TakenByAnotherTenantError('waba'))).toMatchObject({ cause: 'waba_taken' });
    expect(judge(new TakenByAnotherTenantError('phone_number'))).toMatchObject({ cause: 'number_taken' });
    expect(judge(new TakenByAnotherTenantError('business'))).toMatchObject({ cause: 'business_taken' });
  });

  it('is kept without the secrets that Meta repeats', () => {
    const outcome = judge(
      graph(401, {
        code: 190,
        message: 'Malformed access token EAAsecret',
        error_data: { details: 'PIN 123456 does not match; token EAAsecret' },
      }),
    );
    expect(JSON.stringify(outcome)).not.toMatch(/EAAsecret|123456/);
    expect(outcome).toMatchObject({ meta: { message: 'Malformed access token [hidden]' } });
  });

  it('is not guessed at when it is a surprise', () => {
    expect(judge(new TypeError('a bug'))).toBeUndefined();
  });
});
