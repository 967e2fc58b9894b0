import { productSources, roomOf, type Source, withoutComments } from './sources.js';

/** SQL that writes, and TypeORM entities (whoever has the entity can write the table). */
const WRITES = [
  /\bINSERT\s+INTO\s+([a-z_]+)/gi,
  /\bUPDATE\s+([a-z_]+)\s+(?:\w+\s+)?SET\b/gi,
  /\bDELETE\s+FROM\s+([a-z_]+)/gi,
  /@Entity\('([a-z_]+)'/g,
];

/** A call of a writing door counts as writing its table. */
const DOORS: Readonly<Record<string, string>> = {
  door_accept_messages: 'messages',
  door_audit: 'audit_log',
  door_forget_idempotency_keys: 'idempotency_keys',
  door_store_meta_events: 'meta_events',
  door_store_raw_meta_event: 'meta_events',
};

function writersOf(sources: readonly Source[]): Map<string, Set<string>> {
  const writers = new Map<string, Set<string>>();
  const add = (table: string, path: string) => {
    if (!writers.has(table)) writers.set(table, new Set());
    writers.get(table)?.add(roomOf(path));
  };
  for (const { path, text } of sources) {
    const code = withoutComments(text);
    for (const pattern of WRITES)
      for (const [, table] of code.matchAll(pattern)) add((table as string).toLowerCase(), path);
    for (const [door, table] of Object.entries(DOORS)) if (code.includes(door)) add(table, path);
  }
  return writers;
}

const crowded = (sources: readonly Source[]) =>
  [...writersOf(sources)]
    .filter(([, rooms]) => rooms.size > 1)
    .map(([table, rooms]) => `${table}: ${[...rooms].sort().join(', ')}`);

describe('a table', () => {
  const sources = productSources(['apps', 'libs']).filter((s) => !s.path.startsWith('apps/sandbox/'));

  it('has one writer', () => {
    expect(crowded(sources)).toEqual([]);
    expect(writersOf(sources).size).toBeGreaterThan(15);
  });

  it('is seen to have two when another room writes it, by SQL, by entity or through a door', () => {
    const writer = [...(writersOf(sources).get('messages') ?? [])][0];
    expect(writer).toBeDefined();
    for (const text of [
      "q('UPDATE messages SET x = 1')",
      "@Entity('messages') class M {}",
      "q('SELECT door_accept_messages($1)')",
    ]) {
      const planted = { path: 'apps/planted/src/write.ts', text };
      expect(crowded([...sources, planted])).toEqual([`messages: ${['apps/planted', writer].sort().join(', ')}`]);
    }
  });
});
