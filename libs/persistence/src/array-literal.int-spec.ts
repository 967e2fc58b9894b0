import fc from 'fast-check';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { arrayLiteral } from './array-literal.js';

describe('a list that is handed to PostgreSQL', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const roundTrip = async (type: string, items: readonly unknown[]): Promise<unknown> =>
    (await connection.db.query<{ items: unknown }>(`SELECT $1::${type}[] AS items`, [items]))[0]?.items;

  const character = fc.oneof(
    fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      ',',
      ' ',
      '\n',
      '\t',
      '\u0001',
      '\u007f',
      '\u2028',
      "'",
      '/',
      'é',
      '👩‍👧',
      '漢',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((c) => c !== '\u0000'),
  );
  const text = fc.oneof(
    fc.array(character, { maxLength: 12 }).map((characters) => characters.join('')),
    fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', '\\"', ' '),
    fc.json(),
  );

  it('holds the same texts there, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 8 }), async (texts) => {
        expect(arrayLiteral(texts)).toBeDefined();
        expect(await roundTrip('text', texts)).toEqual(texts);
      }),
      { numRuns: 300 },
    );
  });

  it('holds the same numbers, truths and instants', async () => {
    const instant = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.double({ noDefaultInfinity: false })), { maxLength: 5 }),
        fc.array(fc.option(fc.boolean()), { maxLength: 5 }),
        fc.array(fc.option(instant), { maxLength: 5 }),
        async (numbers, truths, instants) => {
          // PostgreSQL has one zero.
          const oneZero = numbers.map((n) => (n === 0 ? 0 : n));
          expect(await roundTrip('float8', oneZero)).toEqual(oneZero);
          expect(await roundTrip('boolean', truths)).toEqual(truths);
          expect(await roundTrip('timestamptz', instants)).toEqual(instants);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is left to pg where it holds anything else', async () => {
    const bytes = [Buffer.from([0, 1, 255]), Buffer.from('x')];
    expect(arrayLiteral(bytes)).toBeUndefined();
    expect(await roundTrip('bytea', bytes)).toEqual(bytes);
    expect(await roundTrip('text', [undefined, 'a'])).toEqual([null, 'a']);
    const nested = [
      ['a', '"'],
      ['b', '\\'],
    ];
    expect(await roundTrip('text', nested)).toEqual(nested);
  });
});
