import { cloudErrorOf, nearestCloudCode } from './cloud-error.js';
import { isConnected, readHealth } from './health.js';
import { OnPremisesError } from './on-premises-error.js';
import { passwordProblem } from './password.js';

describe('an error of an On-Premises client', () => {
  it.each([
    [402, 131042],
    [410, 131043],
    [429, 130429],
    [470, 131047],
    [471, 131048],
    [1005, 131005],
    [1006, 131006],
    [1013, 131026],
    [1015, 130429],
    [1031, 131031],
    [2001, 132001],
    [2003, 132012],
    [131056, 131056],
    [99999, 99999],
  ])('%i is to the Cloud API %i', (old, cloud) => {
    expect(nearestCloudCode(old)).toBe(cloud);
    expect(new OnPremisesError(400, [{ code: old, title: 't' }]).cloudCode).toBe(cloud);
    expect(cloudErrorOf({ code: old })).toMatchObject({ code: cloud, message: expect.any(String) });
  });

  it('of no list keeps its own title', () => {
    expect(cloudErrorOf({ code: 99999, title: 'New', details: 'thing' })).toMatchObject({
      title: 'New',
      error_data: { details: 'On-Premises 99999 New: thing' },
    });
  });

  it('that is none is passed on', () => {
    expect(['x', null, { odd: 1 }].map(cloudErrorOf)).toEqual(['x', null, { odd: 1 }]);
  });

  it('says in words who refused and why', () => {
    const error = new OnPremisesError(400, [{ code: 1008, title: 'Required parameter is missing', details: 'to' }]);
    expect(error.message).toBe('On-Premises client: 1008 Required parameter is missing: to');
    expect(new OnPremisesError(413, [])).toMatchObject({ message: 'On-Premises client: HTTP 413', code: -1 });
  });
});

describe('the health of a client', () => {
  it('is read of a single one and of a multiconnect setup', () => {
    expect(readHealth({ health: { gateway_status: 'connected' } })).toEqual([{ name: '', gatewayStatus: 'connected' }]);
    const nodes = readHealth({
      health: {
        'host1:c1': { gateway_status: 'disconnected', role: 'secondary_master' },
        'host2:c2': { gateway_status: 'connected', role: 'coreapp' },
      },
    });
    expect(nodes[1]).toEqual({ name: 'host2:c2', gatewayStatus: 'connected', role: 'coreapp' });
    expect([isConnected(nodes), isConnected(nodes.slice(0, 1)), isConnected(readHealth({}))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a new password', () => {
  it.each([
    ['Sh0rt!', 'must have 8 to 64 characters'],
    ['x'.repeat(65), 'must have 8 to 64 characters'],
    ['lowercase', 'needs a digit and an upper-case letter and a special character'],
    ['Passw0rd', 'needs a special character'],
    ['Passw0rd!', undefined],
    ['Ünïcode1-ß', undefined],
  ])('%s: %s', (password, problem) => {
    expect(passwordProblem(password)).toBe(problem);
  });
});
