import fc from 'fast-check';
import type { AttributeType } from '#libs/contacts';
import { compileFilter } from './compile-filter.js';
import type { Filter } from './filter.js';
import { readFilter } from './read-filter.js';
import { SqlParameters } from './sql-parameters.js';

const TYPES = new Map<string, AttributeType>([
  ['city', 'text'],
  ['orders', 'number'],
  ['born_on', 'date'],
  ['club', 'boolean'],
]);
const NOW = new Date('2026-11-22T12:00:00Z');

const problemsOf = (given: unknown) => {
  const read = readFilter(given, TYPES);
  return 'problems' in read ? read.problems : [];
};
const compiled = (filter: Filter) => {
  const parameters = new SqlParameters();
  const tenant = parameters.add('tenant');
  return { sql: compileFilter(filter, { tenant, types: TYPES, parameters, now: NOW }), values: parameters.values };
};

describe('a filter', () => {
  it('is a tree of conditions, in which each value becomes a parameter', () => {
    const read = readFilter(
      {
        all: [
          { attribute: 'orders', is: 'at_least', value: '3' },
          { not: { any: [{ tag: 'vip' }, { did: 'wrote' }] } },
        ],
      },
      TYPES,
    );
    expect(read).toEqual({
      filter: {
        all: [{ attribute: 'orders', is: 'at_least', value: 3 }, { not: { any: [{ tag: 'vip' }, { did: 'wrote' }] } }],
      },
    });
    const { sql, values } = compiled((read as { filter: Filter }).filter);
    expect(sql).toBe(
      '(coalesce((c.attributes ->> $2)::numeric >= $3::numeric, false) AND ' +
        'NOT (coalesce(c.tags @> ARRAY[$4]::text[], false) OR coalesce(c.last_seen_at IS NOT NULL, false)))',
    );
    expect(values).toEqual(['tenant', 'orders', 3, 'vip']);
  });

  it.each([
    [{ attribute: 'shoe_size', is: 'equal', value: 1 }, 'filter.attribute shoe_size is no attribute of yours'],
    [{ attribute: 'city', is: 'more', value: 'x' }, 'filter.is more does not fit city, which is a text'],
    [{ attribute: 'born_on', is: 'less', value: '30/02/1990' }, 'filter.value must be a day, such as 2026-11-22'],
    [{ attribute: 'city', is: 'one_of', value: [] }, 'filter.value must be a list of 1 to 200'],
    [{ all: [] }, 'filter.all must be a list of at least one condition'],
    [{ all: [{ tag: 'a', or: 1 }] }, 'filter.all.0 must not have or'],
    [{ did: 'read' }, 'filter.in_last_days is required for read'],
    [{ did: 'wrote', at_least: 2 }, 'filter.at_least is not counted for wrote'],
    [{ consent: 'marketing', state: 'maybe' }, 'filter.state must be one of asked, granted, withdrawn, none'],
    [{ number_begins: '52; DROP' }, 'filter.number_begins must be digits'],
    [{}, 'filter must be one of all, any, not'],
    ['vip', 'filter must be an object'],
    [null, 'filter must be an object'],
  ])('%j is refused with its place', (given, problem) => {
    expect(problemsOf(given).join('; ')).toContain(problem);
  });

  it('has an end to its depth and to its length', () => {
    let deep: unknown = { tag: 'a' };
    for (let i = 0; i < 10; i++) deep = { not: deep };
    expect(problemsOf(deep).join()).toContain('levels deep');
    expect(problemsOf({ any: Array.from({ length: 101 }, () => ({ tag: 'a' })) }).join()).toContain('more than 100');
  });

  it('never lets a word of a tenant become a part of the statement', () => {
    const word = fc.string({ minLength: 1, maxLength: 40 }).map((s) => `Ω${s}`);
    const leaf = fc.oneof(
      word.map((value): Filter => ({ attribute: 'city', is: 'contains', value })),
      word.map((tag): Filter => ({ tag })),
      word.map((name_contains): Filter => ({ name_contains })),
      fc.array(word, { minLength: 1 }).map((value): Filter => ({ attribute: 'city', is: 'one_of', value })),
    );
    const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        tie('filter').map((not) => ({ not })),
      ),
    }));
    fc.assert(
      fc.property(filter, (given) => {
        const { sql, values } = compiled(given);
        expect(sql).not.toContain('Ω');
        const named = [...sql.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n));
        expect(Math.max(0, ...named)).toBeLessThanOrEqual(values.length);
      }),
    );
  });
});
