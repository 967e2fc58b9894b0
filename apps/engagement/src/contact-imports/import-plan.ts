import type { ConsentState, Purpose } from '#libs/consent';
import { type AttributeTypes, type AttributeValue, type Identifier, readAttribute } from '#libs/contacts';
import { readIdentifier } from '../contacts/read-identifier.js';
import { type ConsentColumn, isConsentColumn, readConsents, readYesOrNo, type SaidInRow } from './consent-columns.js';

/** What a column holds. */
export type Target =
  | 'phone'
  | 'user_id'
  | 'username'
  | 'name'
  | 'tags'
  | 'consent'
  | 'ignore'
  | ConsentColumn
  | `attribute:${string}`;

/** What an import does with each row; kept with it, so that whoever goes on with it does the same. */
export interface ImportPlan {
  delimiter: string;
  /** One for each column. */
  targets: Target[];
  /** ISO 3166 alpha-2, of numbers that are written without their country code. */
  country?: string | undefined;
  /** Given to everybody. */
  tags: string[];
  /** What everybody agreed to, or, where there is a column `consent`, what those agreed to who said yes in it. */
  consent?: { purpose: Purpose; wording: string; at: string } | undefined;
}

/** A row as it will be kept. */
export interface ImportRow {
  identifiers: Identifier[];
  name?: string;
  tags: string[];
  attributes: Record<string, AttributeValue>;
  consent?: ConsentState;
  /** What it says of a purpose with a time of its own. */
  said?: SaidInRow[];
}

/** Names by which columns are known without being told, in the languages of our merchants. */
const KNOWN: Readonly<Record<string, Target>> = {
  phone: 'phone',
  phone_number: 'phone',
  mobile: 'phone',
  whatsapp: 'phone',
  telefono: 'phone',
  celular: 'phone',
  movil: 'phone',
  telefone: 'phone',
  user_id: 'user_id',
  username: 'username',
  name: 'name',
  full_name: 'name',
  nombre: 'name',
  nome: 'name',
  tags: 'tags',
  etiquetas: 'tags',
  consent: 'consent',
};

const LONGEST_NAME = 200;
const MOST_TAGS = 50;
const LONGEST_TAG = 50;
/** What cutting leaves of a character outside the basic plane; JSON of PostgreSQL cannot hold it. */
const HALF_A_PAIR = /[\ud800-\udbff]$/;

/**
 * What each column of a header means: as the merchant says, else by its name, else an attribute of that key.
 *
 * @param named by the column's name as it stands in the file
 * @returns a target for each column, or why the file cannot be read
 */
export function targetsOf(
  header: readonly string[],
  named: Readonly<Record<string, string>>,
  types: AttributeTypes,
): { targets: Target[] } | { problem: string } {
  const targets = header.map((column): Target => {
    const key = plainKey(column);
    const known = isConsentColumn(column) ? column : KNOWN[key];
    const said = named[column] ?? known ?? (types.has(key) ? `attribute:${key}` : 'ignore');
    return said as Target;
  });
  const strange = targets.find((t) => !isTarget(t, types));
  if (strange !== undefined) {
    return { problem: `${strange} is nothing that a column can hold; an attribute must be defined first` };
  }
  if (!targets.some((t) => t === 'phone' || t === 'user_id' || t === 'username')) {
    return { problem: 'no column holds a phone, user_id or username; name one in `columns`' };
  }
  return { targets };
}

/** @returns the row as it will be kept, or why it will not */
export function readRow(
  fields: readonly string[],
  plan: ImportPlan,
  types: AttributeTypes,
  now: Date,
): { row: ImportRow } | { reason: string } {
  const row: ImportRow = { identifiers: [], tags: [...plan.tags], attributes: {} };
  if (plan.consent && !plan.targets.includes('consent')) row.consent = 'granted';
  const poisoned = fields.findIndex((field) => field.includes('\0'));
  // No text here can hold it, and so neither can the reason.
  if (poisoned !== -1) return { reason: `field ${poisoned + 1} contains the character U+0000` };
  const consents = new Map<ConsentColumn, string>();
  for (const [i, target] of plan.targets.entries()) {
    const value = fields[i];
    if (value === undefined || value === '' || target === 'ignore') continue;
    if (isConsentColumn(target)) {
      consents.set(target, value);
      continue;
    }
    const reason = put(row, target, value, plan, types);
    if (reason) return { reason };
  }
  if (fields.length > plan.targets.length) {
    return { reason: `has ${fields.length} fields, the header has ${plan.targets.length}` };
  }
  const read = readConsents(consents, now);
  if ('reason' in read) return read;
  if (read.said.length > 0) row.said = read.said;
  return row.identifiers.length > 0 ? { row } : { reason: 'has no phone, user_id or username' };
}

function put(
  row: ImportRow,
  target: Exclude<Target, ConsentColumn>,
  value: string,
  plan: ImportPlan,
  types: AttributeTypes,
): string | undefined {
  switch (target) {
    case 'phone':
    case 'user_id':
    case 'username': {
      const read = readIdentifier(target, value, plan.country);
      if ('problem' in read) return `${target} "${value.slice(0, 40)}" ${read.problem}`;
      row.identifiers.push(read.identifier);
      return undefined;
    }
    case 'name':
      if (value.length > LONGEST_NAME) return `name has more than ${LONGEST_NAME} characters`;
      row.name = value;
      return undefined;
    case 'tags':
      row.tags.push(...value.split(/[,;|]/).flatMap(cutTag));
      return row.tags.length > MOST_TAGS ? `has more than ${MOST_TAGS} tags` : undefined;
    case 'consent': {
      const state = readYesOrNo(value);
      if (!state) return `consent "${value.slice(0, 40)}" is neither yes nor no`;
      row.consent = state;
      return undefined;
    }
    default: {
      const key = target.slice('attribute:'.length);
      const type = types.get(key);
      const read = type ? readAttribute(type, value) : { problem: 'is no attribute of yours any more' };
      if ('problem' in read) return `${key} "${value.slice(0, 40)}" ${read.problem}`;
      row.attributes[key] = read.value;
      return undefined;
    }
  }
}

const cutTag = (tag: string): string | [] => tag.trim().slice(0, LONGEST_TAG).replace(HALF_A_PAIR, '') || [];

const isTarget = (target: string, types: AttributeTypes): boolean =>
  target === 'ignore' ||
  isConsentColumn(target) ||
  Object.values(KNOWN).includes(target as Target) ||
  (target.startsWith('attribute:') && types.has(target.slice('attribute:'.length)));

const plainKey = (column: string): string =>
  column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
