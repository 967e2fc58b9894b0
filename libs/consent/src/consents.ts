import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Contacts } from '#libs/contacts';
import { derivedId, newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import type { ConsentRecord, HeldConsent, NewConsent, Purpose, Standing } from './consent-record.js';

/** What has just changed for a customer. */
export type ConsentChange = NewConsent & { recordId: string };

const RECORD = `r.record_id AS "recordId", r.purpose, r.state, r.at, r.source, r.wording, r.proof, r.made_by AS "madeBy",
  r.recorded_at AS "recordedAt"`;

/**
 * Whether what is told (a) holds rather than what is held (b): what was decided before what was only asked, the later before
 * the earlier, and at the same second the refusal. So the order in which it is told changes nothing.
 */
const prevails = (a: string, b: string): string =>
  `(${a}.state <> 'asked', ${a}.at, ${a}.state = 'withdrawn') > (${b}.state <> 'asked', ${b}.at, ${b}.state = 'withdrawn')`;

/**
 * The one writer of what customers agreed to. A customer is known under several lines, and what was said under one holds
 * for all of them.
 */
@Injectable()
export class Consents {
  constructor(
    private readonly contacts: Contacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records what customers said, in as many statements for all as for one.
   *
   * @returns those that changed what holds for the customer; what was told before, or is older than what is held, is not
   *   among them
   */
  async record(tx: Tx, tenantId: string, given: readonly NewConsent[]): Promise<ConsentChange[]> {
    if (given.length === 0) return [];
    await this.oneAtATime(tx, tenantId);
    const told = given.map((one) => ({ ...one, recordId: this.idOf(one), lines: linesOf(one.customers) }));
    const persons = await this.contacts.linesOfSame(
      tx,
      tenantId,
      told.flatMap((t) => t.lines),
    );
    const rows = told.flatMap((one) => {
      const lines = new Set(one.lines.flatMap((line) => [line, ...(persons.get(line) ?? [])]));
      return [...lines].map((line) => ({ line, one }));
    });
    const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick);
    const changed: { recordId: string }[] = await tx.query(
      `WITH told AS (
         SELECT * FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
                              $9::text[], $10::text[])
           AS t(line, record_id, purpose, state, at, source, wording, proof, made_by)),
       stored AS (
         INSERT INTO consent_records (tenant_id, line, record_id, purpose, state, at, source, wording, proof, made_by,
                                      recorded_at)
         SELECT $1, line, record_id, purpose, state, at, source, wording, proof::json, made_by, $11 FROM told
         ON CONFLICT DO NOTHING RETURNING line, record_id, purpose, state, at, source),
       newest AS (
         SELECT DISTINCT ON (line, purpose) * FROM stored
          ORDER BY line, purpose, state <> 'asked' DESC, at DESC, state = 'withdrawn' DESC)
       INSERT INTO consent_states AS s (tenant_id, line, purpose, state, at, source, record_id)
       SELECT $1, line, purpose, state, at, source, record_id FROM newest
       ON CONFLICT (tenant_id, line, purpose) DO UPDATE
         SET state = excluded.state, at = excluded.at, source = excluded.source, record_id = excluded.record_id
         WHERE ${prevails('excluded', 's')}
       RETURNING record_id AS "recordId"`,
      [
        tenantId,
        column((r) => r.line),
        column((r) => r.one.recordId),
        column((r) => r.one.purpose),
        column((r) => r.one.state),
        column((r) => r.one.at),
        column((r) => r.one.source),
        column((r) => r.one.wording ?? null),
        column((r) => JSON.stringify(r.one.proof ?? {})),
        column((r) => r.one.madeBy ?? null),
        this.clock.now(),
      ],
    );
    const holding = new Set(changed.map((c) => c.recordId));
    return told.filter((t) => holding.has(t.recordId));
  }

  /**
   * These lines turned out to be one customer: what was said under any of them holds for each. Call it in the transaction
   * that joins them.
   *
   * @param customers digits of numbers, or business-scoped user ids
   */
  async join(tx: Tx, tenantId: string, customers: readonly string[]): Promise<void> {
    const lines = linesOf(customers);
    if (lines.length < 2) return;
    await this.oneAtATime(tx, tenantId);
    await tx.query(
      `INSERT INTO consent_records (tenant_id, line, record_id, purpose, state, at, source, wording, proof, made_by,
                                    recorded_at)
       SELECT r.tenant_id, l.line, r.record_id, r.purpose, r.state, r.at, r.source, r.wording, r.proof, r.made_by,
              r.recorded_at
         FROM consent_records r, unnest($2::text[]) AS l(line)
        WHERE r.tenant_id = $1 AND r.line = ANY ($2::text[]) AND r.line <> l.line
       ON CONFLICT DO NOTHING`,
      [tenantId, lines],
    );
    await tx.query(
      `INSERT INTO consent_states AS s (tenant_id, line, purpose, state, at, source, record_id)
       SELECT $1, l.line, n.purpose, n.state, n.at, n.source, n.record_id
         FROM (SELECT DISTINCT ON (purpose) * FROM consent_states
                WHERE tenant_id = $1 AND line = ANY ($2::text[])
                ORDER BY purpose, state <> 'asked' DESC, at DESC, state = 'withdrawn' DESC) AS n,
              unnest($2::text[]) AS l(line)
       ON CONFLICT (tenant_id, line, purpose) DO UPDATE
         SET state = excluded.state, at = excluded.at, source = excluded.source, record_id = excluded.record_id
         WHERE ${prevails('excluded', 's')}`,
      [tenantId, lines],
    );
  }

  /** What holds now for a customer, by purpose; purposes of which nothing was said are absent. */
  async standingOf(tx: Tx, tenantId: string, customers: readonly string[]): Promise<Map<Purpose, Standing>> {
    const rows: Standing[] = await tx.query(
      `SELECT DISTINCT ON (purpose) purpose, state, at, source, record_id AS "recordId" FROM consent_states
        WHERE tenant_id = $1 AND line = ANY ($2::text[])
        ORDER BY purpose, state <> 'asked' DESC, at DESC, state = 'withdrawn' DESC`,
      [tenantId, linesOf(customers)],
    );
    return new Map(rows.map((row) => [row.purpose, row]));
  }

  /** What holds now for each of many customers, in the order given. @param customers what each is known by */
  async standingsOf(
    tx: Tx,
    tenantId: string,
    customers: readonly (readonly string[])[],
  ): Promise<Map<Purpose, HeldConsent>[]> {
    const asked = customers.flatMap((keys, nth) => linesOf(keys).map((line) => ({ nth, line })));
    const standings = customers.map(() => new Map<Purpose, HeldConsent>());
    if (asked.length === 0) return standings;
    const rows: (HeldConsent & { nth: number })[] = await tx.query(
      `SELECT DISTINCT ON (a.nth, s.purpose) a.nth, s.purpose, s.state, s.at, s.source, s.record_id AS "recordId", r.wording
         FROM unnest($2::integer[], $3::text[]) AS a(nth, line)
         JOIN consent_states s ON s.tenant_id = $1 AND s.line = a.line
         JOIN consent_records r ON r.tenant_id = $1 AND r.line = s.line AND r.record_id = s.record_id
        ORDER BY a.nth, s.purpose, s.state <> 'asked' DESC, s.at DESC, s.state = 'withdrawn' DESC`,
      [tenantId, asked.map((a) => a.nth), asked.map((a) => a.line)],
    );
    for (const { nth, ...held } of rows) standings[nth]?.set(held.purpose, held);
    return standings;
  }

  /** Everything that a customer ever said, the newest first. `before` is the recordId where the last page ended. */
  async historyOf(
    tx: Tx,
    tenantId: string,
    customers: readonly string[],
    page: { before?: string | undefined; limit: number },
  ): Promise<ConsentRecord[]> {
    return tx.query(
      `SELECT DISTINCT ON (r.record_id) ${RECORD} FROM consent_records r
        WHERE r.tenant_id = $1 AND r.line = ANY ($2::text[]) AND ($3::uuid IS NULL OR r.record_id < $3)
        ORDER BY r.record_id DESC LIMIT $4`,
      [tenantId, linesOf(customers), page.before ?? null, page.limit],
    );
  }

  /** What a customer was asked to confirm since an instant, and has neither confirmed nor refused since, the newest first. */
  async openQuestions(tx: Tx, tenantId: string, customers: readonly string[], since: Date): Promise<ConsentRecord[]> {
    return tx.query(
      `SELECT DISTINCT ON (r.purpose) ${RECORD} FROM consent_records r
        WHERE r.tenant_id = $1 AND r.line = ANY ($2::text[]) AND r.state = 'asked' AND r.at >= $3
          AND NOT EXISTS (SELECT FROM consent_records later
                           WHERE later.tenant_id = r.tenant_id AND later.line = r.line AND later.purpose = r.purpose
                             AND later.state <> 'asked' AND later.at >= r.at)
        ORDER BY r.purpose, r.at DESC`,
      [tenantId, linesOf(customers), since],
    );
  }

  /**
   * A tenant's consents are written one transaction at a time, because whoever joins two lines must see what is being said
   * under either of them, and whoever records must see that they were joined.
   */
  private async oneAtATime(tx: Tx, tenantId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('consent ' || $1, 0))`, [tenantId]);
  }

  private idOf({ fact, at, purpose, state }: NewConsent): string {
    return fact === undefined ? newId(at) : derivedId(at, 'consent', fact, purpose, state);
  }
}

const linesOf = (customers: readonly string[]): string[] => [...new Set(customers.map(lineOf))];
