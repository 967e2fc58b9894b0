import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { ContactAttributes } from '#libs/contacts';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { compileFilter } from './compile-filter.js';
import { attributesIn, type Filter } from './filter.js';
import { readFilter } from './read-filter.js';
import { SqlParameters } from './sql-parameters.js';

export interface Segment {
  segmentId: string;
  name: string;
  filter: Filter;
  madeBy: string;
  updatedAt: Date;
}

/** Whom a filter means, in numbers. */
export interface AudienceSize {
  contacts: number;
  /** Those who can be written to: they have a number or a user id. */
  reachable: number;
  /** Of the reachable, those who opted out of marketing. */
  optedOut: number;
  /** Of the reachable, those who opted in to it. */
  optedIn: number;
}

const COLUMNS = 'segment_id AS "segmentId", name, filter, made_by AS "madeBy", updated_at AS "updatedAt"';

/** Where a contact is written to: the wa_id that WhatsApp told, else a number, else the user id. */
const ADDRESS = `SELECT ltrim(i.value, '+') AS customer, i.line FROM contact_identifiers i
  WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id AND i.kind <> 'username'
  ORDER BY array_position(ARRAY['wa_id', 'phone', 'user_id'], i.kind), i.value LIMIT 1`;

/** A count that takes longer says that the filter must be simpler; a campaign's own statement has its own patience. */
const COUNT_PATIENCE = '20s';

/** Saved filters over contacts. The one writer of segments. */
@Injectable()
export class Segments {
  constructor(
    private readonly attributes: ContactAttributes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 400 with every problem of the filter */
  async read(tx: Tx, tenantId: string, filter: unknown): Promise<Filter> {
    const read = readFilter(filter, await this.attributes.types(tx, tenantId));
    if ('filter' in read) return read.filter;
    throw Refusal.invalid(read.problems.join('; '), { filter: read.problems });
  }

  /**
   * The filter of a segment, to be used now.
   *
   * @throws Refusal 409 where it fits the attributes no more: one that is gone would be met by nobody, and its `not` by everybody
   */
  async filterOf(tx: Tx, tenantId: string, { name, filter }: Segment): Promise<Filter> {
    const read = readFilter(filter, await this.attributes.types(tx, tenantId));
    if ('filter' in read) return read.filter;
    throw Refusal.conflict(`The segment ${name} does not fit your attributes any more: ${read.problems.join('; ')}.`);
  }

  /** Names of the segments that ask for an attribute. */
  async askingFor(tx: Tx, tenantId: string, attribute: string): Promise<string[]> {
    const segments: Pick<Segment, 'name' | 'filter'>[] = await tx.query(
      'SELECT name, filter FROM segments WHERE tenant_id = $1 ORDER BY name',
      [tenantId],
    );
    return segments.filter(({ filter }) => attributesIn(filter).includes(attribute)).map(({ name }) => name);
  }

  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<Segment[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM segments WHERE tenant_id = $1 AND ($2::uuid IS NULL OR segment_id < $2)
        ORDER BY segment_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  async find(tx: Tx, tenantId: string, segmentId: string): Promise<Segment | undefined> {
    const [segment]: Segment[] = await tx.query(
      `SELECT ${COLUMNS} FROM segments WHERE tenant_id = $1 AND segment_id = $2`,
      [tenantId, segmentId],
    );
    return segment;
  }

  /** @returns undefined when another segment has this name */
  async add(
    tx: Tx,
    tenantId: string,
    { name, filter, madeBy }: Pick<Segment, 'name' | 'filter' | 'madeBy'>,
  ): Promise<Segment | undefined> {
    const now = this.clock.now();
    const segmentId = newId(now);
    const rows: unknown[] = await tx.query(
      `INSERT INTO segments (tenant_id, segment_id, name, filter, made_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, segmentId, name, JSON.stringify(filter), madeBy, now],
    );
    return rows.length > 0 ? { segmentId, name, filter, madeBy, updatedAt: now } : undefined;
  }

  /** @returns undefined when there is no such segment */
  async change(tx: Tx, tenantId: string, segmentId: string, filter: Filter): Promise<Segment | undefined> {
    await tx.query('UPDATE segments SET filter = $3, updated_at = $4 WHERE tenant_id = $1 AND segment_id = $2', [
      tenantId,
      segmentId,
      JSON.stringify(filter),
      this.clock.now(),
    ]);
    return this.find(tx, tenantId, segmentId);
  }

  async remove(tx: Tx, tenantId: string, segmentId: string): Promise<boolean> {
    const [, count] = await tx.query('DELETE FROM segments WHERE tenant_id = $1 AND segment_id = $2', [
      tenantId,
      segmentId,
    ]);
    return count > 0;
  }

  /**
   * Whom a filter means, as a part of a larger statement: freezing an audience is one `INSERT … SELECT`.
   *
   * @param parameters of the statement that it becomes a part of
   * @returns a SELECT of `contact_id`, `customer` (digits, or a user id; null for who cannot be written to) and `line` (what
   *   consent is kept under)
   */
  async audience(tx: Tx, tenantId: string, filter: Filter, parameters: SqlParameters): Promise<string> {
    const tenant = parameters.add(tenantId);
    const types = await this.attributes.types(tx, tenantId);
    const condition = compileFilter(filter, { tenant, types, parameters, now: this.clock.now() });
    return `SELECT c.contact_id, a.customer, a.line FROM contacts c LEFT JOIN LATERAL (${ADDRESS}) a ON true
      WHERE c.tenant_id = ${tenant} AND c.gone_at IS NULL AND ${condition}`;
  }

  /** Counts before use. @throws Refusal 400 for a filter that takes too long */
  async count(tx: Tx, tenantId: string, filter: Filter): Promise<AudienceSize> {
    const parameters = new SqlParameters();
    const audience = await this.audience(tx, tenantId, filter, parameters);
    const tenant = parameters.add(tenantId);
    await tx.query(`SET LOCAL statement_timeout = '${COUNT_PATIENCE}'`);
    const [size]: AudienceSize[] = await tx.query(
      `SELECT count(*)::int AS contacts, count(customer)::int AS reachable,
              count(*) FILTER (WHERE s.state = 'withdrawn' AND customer IS NOT NULL)::int AS "optedOut",
              count(*) FILTER (WHERE s.state = 'granted' AND customer IS NOT NULL)::int AS "optedIn"
         FROM (${audience}) AS audience
         LEFT JOIN consent_states s ON s.tenant_id = ${tenant} AND s.line = audience.line AND s.purpose = 'marketing'`,
      parameters.values,
    );
    return size as AudienceSize;
  }
}
