import { Refusal } from './refusal.js';
import { UuidPipe } from './uuid.pipe.js';

describe('an id in a path', () => {
  const read = (value: string) => new UuidPipe().transform(value, { type: 'param', data: 'campaignId' });

  it('is as the database writes it', async () => {
    expect(await read('019AC0DE-0000-7000-8000-00000000ABCD')).toBe('019ac0de-0000-7000-8000-00000000abcd');
  });

  it.each(['undefined', '', '7', "' OR 1"])('%j is refused with the name of its place', async (value) => {
    const refusal = await read(value).catch((error) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 400, details: 'campaignId in the path must be an id of ours, a UUID.' });
  });
});
