import {
  graphError,
  metaError,
  onPremisesCodeOf,
  onPremisesError,
  REFUSALS,
  type RefusalCode,
  refusalFor,
} from './index.js';

const codes = Object.keys(REFUSALS) as RefusalCode[];

describe('our refusals, as a Cloud API client meets them', () => {
  it('answers in the envelope of Meta, message and all', () => {
    expect(graphError('invalid_value', 'to is not a phone number', 'trace-1')).toEqual({
      error: {
        message: '(#131009) Parameter value is not valid',
        type: 'OAuthException',
        code: 131009,
        error_data: { messaging_product: 'whatsapp', details: 'to is not a phone number' },
        fbtrace_id: 'trace-1',
      },
    });
  });

  it('answers another tenant’s object and a missing one alike', () => {
    expect(graphError('unknown_object', 'No such object', 't').error).toMatchObject({ code: 100, error_subcode: 33 });
  });

  it.each(codes)('%s leaves with a 4xx or 5xx and a code that Meta lists', (code) => {
    const { httpStatus, metaCode, metaSubcode } = REFUSALS[code];
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
    expect(metaError(metaCode, metaSubcode)).toMatchObject({ code: metaCode });
    expect(metaError(metaCode, metaSubcode).fault).not.toBe('unknown');
    if (metaSubcode) expect(metaError(metaCode, metaSubcode).subcode).toBe(metaSubcode);
  });

  it.each(codes.filter((code) => REFUSALS[code].httpStatus === 429))('%s tells the caller to wait', (code) => {
    expect(REFUSALS[code].waitHelps).toBe(true);
  });

  it('gives statuses where Meta does, except for waiting, money and plain HTTP', () => {
    const ours = new Set([402, 404, 405, 409, 413, 415, 429, 503]);
    for (const code of codes) {
      const { httpStatus, metaCode, metaSubcode } = REFUSALS[code];
      const theirs = metaError(metaCode, metaSubcode).httpStatus;
      if (theirs !== undefined && theirs !== httpStatus && metaCode !== 1) expect(ours).toContain(httpStatus);
    }
  });
});

describe('a refusal raised by a guard, a throttle or the web server', () => {
  it.each([
    ['template_paused', 400, 'template_paused'],
    ['unauthenticated', 401, 'invalid_token'],
    ['not_found', 404, 'unknown_object'],
    ['unknown_path', 404, 'unknown_path'],
    ['too_large', 413, 'payload_too_large'],
    ['too_many_requests', 429, 'too_many_calls'],
    ['unavailable', 503, 'temporarily_unavailable'],
    ['teapot', 418, 'invalid_parameter'],
    ['toString', 500, 'internal'],
    ['strange', 200, 'internal'],
  ])('%s with %d leaves as %s', (code, httpStatus, refusal) => {
    expect(refusalFor(code, httpStatus)).toBe(refusal);
  });
});

describe('the old On-Premises codes', () => {
  it('lead to the Cloud API code that says nearly the same, which the catalogue knows', () => {
    expect(onPremisesError(470)).toMatchObject({ nearestCloudCode: 131047 });
    expect(onPremisesError(9999)).toBeUndefined();
    expect(metaError(onPremisesError(1008)!.nearestCloudCode).title).toBe('Required parameter is missing');
  });

  it('are found from a Cloud API code, with the generic error for what the old client did not know', () => {
    expect(onPremisesCodeOf(131009)).toBe(1009);
    expect(onPremisesCodeOf(131000)).toBe(1000);
    expect(onPremisesCodeOf(132015)).toBe(1000);
  });
});
