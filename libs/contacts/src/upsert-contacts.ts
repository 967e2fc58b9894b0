import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { AttributeValue } from './attribute-values.js';
import { type Identifier, lineOfIdentifier } from './identifiers.js';

/** A contact as a file tells of it; what is absent stays as it is. */
export interface GivenContact {
  /** The strongest first; one at least. */
  identifiers: readonly Identifier[];
  name?: string | undefined;
  tags: readonly string[];
  attributes: Readonly<Record<string, AttributeValue>>;
}

type Entry = GivenContact;

const keyOf = (identifier: Identifier): string =>
  lineOfIdentifier(identifier) ?? `${identifier.kind} ${identifier.value}`;

/** Thousands of contacts at once, in as many statements as one. */
@Injectable()
export class UpsertContacts {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Adds those who are not there and adds to those who are, found by any of their identifiers. Of two that are the same, the
   * later adds to the earlier.
   *
   * @returns how many were added; the others were there already
   */
  async put(tx: Tx, tenantId: string, given: readonly GivenContact[]): Promise<{ created: number; updated: number }> {
    const entries = together(given);
    const known = await this.idsOf(tx, tenantId, entries);
    const fresh = entries.filter((e) => !known.has(e));
    const taken = await this.add(tx, tenantId, fresh);
    if (taken.length > 0) {
      // Somebody else made the same contacts at this moment: they are there now.
      const theirs = await this.idsOf(tx, tenantId, taken);
      for (const entry of taken) known.set(entry, theirs.get(entry) as string);
    }
    await this.change(tx, tenantId, known);
    const created = fresh.length - taken.length;
    return { created, updated: given.length - created };
  }

  private async idsOf(tx: Tx, tenantId: string, entries: readonly Entry[]): Promise<Map<Entry, string>> {
    const asked = entries.flatMap((entry, nth) => entry.identifiers.map((identifier) => ({ nth, identifier })));
    if (asked.length === 0) return new Map();
    // Two joins, each by its own index: one over both would compare every row with every identifier.
    const rows: { nth: number; contactId: string }[] = await tx.query(
      `WITH g AS MATERIALIZED (
         SELECT * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
           AS g(nth, kind, value, line, strength))
       SELECT DISTINCT ON (nth) nth, contact_id AS "contactId" FROM (
         SELECT g.nth, g.strength, i.contact_id FROM g JOIN contact_identifiers i ON i.tenant_id = $1 AND i.line = g.line
         UNION ALL
         SELECT g.nth, g.strength, i.contact_id FROM g
           JOIN contact_identifiers i ON i.tenant_id = $1 AND i.kind = g.kind AND i.value = g.value
          WHERE g.line IS NULL) AS found
        ORDER BY nth, strength, contact_id`,
      [
        tenantId,
        asked.map((a) => a.nth),
        asked.map((a) => a.identifier.kind),
        asked.map((a) => a.identifier.value),
        asked.map((a) => lineOfIdentifier(a.identifier)),
      ],
    );
    return new Map(rows.map((row) => [entries[row.nth] as Entry, row.contactId]));
  }

  /** @returns those whose identifiers were taken meanwhile; they were not added */
  private async add(tx: Tx, tenantId: string, fresh: readonly Entry[]): Promise<Entry[]> {
    if (fresh.length === 0) return [];
    const now = this.clock.now();
    const ids = fresh.map(() => newId(now));
    await tx.query(
      `INSERT INTO contacts (tenant_id, contact_id, name, attributes, tags, created_at, updated_at)
       SELECT $1, g.contact_id, g.name, g.attributes::jsonb, ${TAGS}, $6, $6
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS g(contact_id, name, attributes, tags)`,
      [tenantId, ids, ...columnsOf(fresh), now],
    );
    const claimed = await this.claim(tx, tenantId, fresh, (_, i) => ids[i] as string);
    const empty = ids.filter((id) => !claimed.has(id));
    if (empty.length === 0) return [];
    await tx.query('DELETE FROM contacts WHERE tenant_id = $1 AND contact_id = ANY ($2::uuid[])', [tenantId, empty]);
    return fresh.filter((_, i) => empty.includes(ids[i] as string));
  }

  private async change(tx: Tx, tenantId: string, known: ReadonlyMap<Entry, string>): Promise<void> {
    if (known.size === 0) return;
    const entries = [...known.keys()];
    await tx.query(
      `UPDATE contacts c
          SET name = coalesce(g.name, c.name), attributes = c.attributes || g.attributes::jsonb, updated_at = $6,
              tags = CASE WHEN g.tags = '[]' THEN c.tags
                          ELSE ARRAY(SELECT DISTINCT tag FROM unnest(c.tags || ${TAGS}) AS tag ORDER BY 1) END
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS g(contact_id, name, attributes, tags)
        WHERE c.tenant_id = $1 AND c.contact_id = g.contact_id`,
      [tenantId, [...known.values()], ...columnsOf(entries), this.clock.now()],
    );
    await this.claim(
      tx,
      tenantId,
      entries.filter((e) => e.identifiers.length > 1),
      (entry) => known.get(entry) as string,
    );
  }

  /** @returns ids of the contacts who got an identifier */
  private async claim(
    tx: Tx,
    tenantId: string,
    entries: readonly Entry[],
    idOf: (entry: Entry, i: number) => string,
  ): Promise<Set<string>> {
    const rows = entries.flatMap((entry, i) =>
      entry.identifiers.map((identifier) => ({ identifier, contactId: idOf(entry, i) })),
    );
    if (rows.length === 0) return new Set();
    const claimed: { contactId: string }[] = await tx.query(
      `INSERT INTO contact_identifiers (tenant_id, contact_id, kind, value, line)
       SELECT $1, g.contact_id, g.kind, g.value, g.line
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS g(contact_id, kind, value, line)
        ORDER BY g.kind, g.value
       ON CONFLICT DO NOTHING RETURNING contact_id AS "contactId"`,
      [
        tenantId,
        rows.map((r) => r.contactId),
        rows.map((r) => r.identifier.kind),
        rows.map((r) => r.identifier.value),
        rows.map((r) => lineOfIdentifier(r.identifier)),
      ],
    );
    return new Set(claimed.map((c) => c.contactId));
  }
}

const TAGS = 'ARRAY(SELECT json_array_elements_text(g.tags::json))';

const columnsOf = (entries: readonly Entry[]): unknown[][] => [
  entries.map((e) => e.name ?? null),
  entries.map((e) => JSON.stringify(e.attributes)),
  entries.map((e) => JSON.stringify([...new Set(e.tags)].sort())),
];

/** Entries that name one customer are one entry. */
function together(given: readonly GivenContact[]): Entry[] {
  const byKey = new Map<string, Entry>();
  const entries = new Set<Entry>();
  for (const one of given) {
    const keys = one.identifiers.map(keyOf);
    const same = keys.map((key) => byKey.get(key)).find((entry) => entry !== undefined);
    const entry: Entry = same ?? { identifiers: [], tags: [], attributes: {} };
    entry.identifiers = [
      ...entry.identifiers,
      ...one.identifiers.filter((i) => !entry.identifiers.some((e) => e.kind === i.kind && e.value === i.value)),
    ];
    entry.name = one.name ?? entry.name;
    entry.tags = [...entry.tags, ...one.tags];
    entry.attributes = { ...entry.attributes, ...one.attributes };
    for (const key of keys) byKey.set(key, entry);
    entries.add(entry);
  }
  return [...entries];
}
