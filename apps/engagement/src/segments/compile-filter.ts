import type { AttributeTypes } from '#libs/contacts';
import { firstIdAt } from '#libs/ids';
import { readersSince } from '#libs/outbox';
import type { Condition, Filter } from './filter.js';
import type { SqlParameters } from './sql-parameters.js';

const DAY_MS = 86_400_000;

/** What a filter is compiled for. */
export interface Ground {
  /** The tenant's parameter in the statement. */
  tenant: string;
  types: AttributeTypes;
  parameters: SqlParameters;
  now: Date;
}

/**
 * A filter that `readFilter` let through as an SQL condition over `contacts c`. Every value is a parameter; nothing that a
 * tenant wrote becomes a part of the statement. Each condition is true or false and never null, so that `not` means not.
 */
export function compileFilter(filter: Filter, ground: Ground): string {
  // None of nothing is missing: `all` of an empty list is everybody, as every campaign to all contacts asks.
  if ('all' in filter) return filter.all.length === 0 ? 'true' : joined(filter.all, ' AND ', ground);
  if ('any' in filter) return filter.any.length === 0 ? 'false' : joined(filter.any, ' OR ', ground);
  if ('not' in filter) return `NOT ${compileFilter(filter.not, ground)}`;
  return `coalesce(${compileCondition(filter, ground)}, false)`;
}

const joined = (filters: readonly Filter[], by: string, ground: Ground): string =>
  `(${filters.map((filter) => compileFilter(filter, ground)).join(by)})`;

function compileCondition(condition: Condition, ground: Ground): string {
  const { parameters, now } = ground;
  if ('attribute' in condition) return compileAttribute(condition, ground);
  if ('tag' in condition) return `c.tags @> ARRAY[${parameters.add(condition.tag)}]::text[]`;
  if ('did' in condition) return compileDeed(condition, ground);
  if ('consent' in condition) return compileConsent(condition, ground);
  if ('number_begins' in condition) {
    return `EXISTS (SELECT FROM contact_identifiers i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id
      AND i.kind IN ('phone', 'wa_id') AND starts_with(ltrim(i.value, '+'), ${parameters.add(condition.number_begins)}))`;
  }
  if ('name_contains' in condition) {
    return `strpos(lower(coalesce(c.name, c.profile_name)), lower(${parameters.add(condition.name_contains)})) > 0`;
  }
  return `c.created_at >= ${parameters.add(daysBefore(now, condition.added_in_last_days))}`;
}

const OPERATORS = { equal: '=', less: '<', at_most: '<=', more: '>', at_least: '>=' } as const;

function compileAttribute(
  { attribute, is, value }: Extract<Condition, { attribute: string }>,
  { types, parameters }: Ground,
): string {
  const key = parameters.add(attribute);
  const held = `(c.attributes ->> ${key})`;
  const type = types.get(attribute);
  switch (is) {
    case 'set':
      return `jsonb_exists(c.attributes, ${key})`;
    case 'contains':
      return `strpos(lower(${held}), lower(${parameters.add(value)})) > 0`;
    case 'begins':
      return `starts_with(lower(${held}), lower(${parameters.add(value)}))`;
    case 'one_of':
      return type === 'number'
        ? `${held}::numeric = ANY (${parameters.add(value)}::numeric[])`
        : `${held} = ANY (${parameters.add(value)}::text[])`;
    default: {
      const operator = OPERATORS[is];
      if (type === 'number') return `${held}::numeric ${operator} ${parameters.add(value)}::numeric`;
      if (type === 'boolean') return `${held}::boolean = ${parameters.add(value)}::boolean`;
      // Days and instants are written so that their order is that of their letters.
      return `${held} COLLATE "C" ${operator} ${parameters.add(value)}`;
    }
  }
}

function compileDeed(
  { did, in_last_days: days, at_least: times }: Extract<Condition, { did: string }>,
  { tenant, parameters, now }: Ground,
): string {
  const since = days === undefined ? undefined : daysBefore(now, days);
  if (did === 'wrote') return since ? `c.last_seen_at >= ${parameters.add(since)}` : 'c.last_seen_at IS NOT NULL';
  if (did === 'read') {
    const readers = readersSince(tenant, parameters.add(firstIdAt(since ?? now)));
    return `c.contact_id IN (SELECT i.contact_id FROM contact_identifiers i
      WHERE i.tenant_id = ${tenant} AND ltrim(i.value, '+') IN (${readers}))`;
  }
  return `EXISTS (SELECT FROM contact_activity a WHERE a.tenant_id = c.tenant_id AND a.contact_id = c.contact_id
    AND a.did = ${parameters.add(did)}${since ? ` AND a.last_at >= ${parameters.add(since)}` : ''}
    ${times === undefined ? '' : ` AND a.times >= ${parameters.add(times)}`})`;
}

function compileConsent({ consent, state }: Extract<Condition, { consent: string }>, { parameters }: Ground): string {
  const stated = `EXISTS (SELECT FROM contact_identifiers i
    JOIN consent_states s ON s.tenant_id = i.tenant_id AND s.line = i.line AND s.purpose = ${parameters.add(consent)}
    WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id`;
  return state === 'none' ? `NOT ${stated})` : `${stated} AND s.state = ${parameters.add(state)})`;
}

const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);
