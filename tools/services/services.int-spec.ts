import { currentEnvironment, useEnvironment } from '#libs/config';
import { Household } from './processes.js';
import { startServices } from './services.js';

describe('servers of yours that DATABASE_URL and REDIS_URL name', () => {
  const before = currentEnvironment();
  const household = new Household();
  afterEach(() => useEnvironment(before));
  afterAll(() => household.end());

  it.each([
    ['DATABASE_URL', 'postgres://someone:top-secret@127.0.0.1:1/x'],
    ['REDIS_URL', 'redis://someone:top-secret@127.0.0.1:1'],
  ])('are named by setting and address when %s does not answer, without user and password', async (setting, url) => {
    useEnvironment({ ...before, [setting]: url });
    const said = await startServices(household).catch((error: Error) => error.message);
    expect(said).toBe(`The server of ${setting} (127.0.0.1:1) cannot be used: connect ECONNREFUSED 127.0.0.1:1`);
  });
});
