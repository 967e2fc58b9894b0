import { toRefusal } from './to-refusal.js';

const thrown = (message: string, more: object = {}) => Object.assign(new Error(message), more);

describe('what surprised us', () => {
  it.each([
    thrown('connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' }),
    thrown('read ECONNRESET', { code: 'ECONNRESET' }),
    thrown('the database system is starting up', { code: '57P03' }),
    thrown('terminating connection due to administrator command', { code: '57P01' }),
    thrown('sorry, too many clients already', { code: '53300' }),
    thrown('Connection terminated unexpectedly'),
    thrown('timeout exceeded when trying to connect'),
    thrown('Query runner already released. Cannot run queries anymore.', { name: 'QueryRunnerAlreadyReleasedError' }),
  ])('is no fault of the caller and passes, when the database is away: $message', (error) => {
    expect(toRefusal(error)).toMatchObject({ status: 503, code: 'unavailable', more: { retryAfterSeconds: 2 } });
  });

  it('stays our fault otherwise, and says nothing of itself', () => {
    const surprise = toRefusal(thrown('duplicate key value violates "secret"', { code: '23505' }));
    expect(surprise).toMatchObject({ status: 500, code: 'internal' });
    expect(surprise.details).not.toContain('secret');
  });
});
