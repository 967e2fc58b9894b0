import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { type Template, Templates } from '#libs/templates';
import { refuse } from '../graph-envelope/refuse.js';
import type { ChosenNumber } from './choose-number.js';

/** A template as 360dialog lists it: Meta's words, the status in small letters. */
export interface D360Template {
  id: string | null;
  name: string;
  namespace: null;
  language: string;
  category: string;
  status: string;
  components: unknown[];
  rejected_reason: string;
  modified_at: string;
}

export interface D360TemplatePage {
  count: number;
  total: number;
  limit: number;
  offset: number;
  sort: string[];
  filters: Record<string, unknown>;
  waba_templates: D360Template[];
}

// Meta lets an account have 6,000 templates (templates page, 2025-11); a list that names no limit is given whole, because
// clients that never heard of pages read just this one.
const MOST = 10_000;

/** What can be sorted and filtered by, with or without the `business_templates.` that clients write before it. */
const READ: Readonly<Record<string, (template: D360Template) => string>> = {
  id: (t) => t.id ?? '',
  name: (t) => t.name,
  language: (t) => t.language,
  status: (t) => t.status,
  category: (t) => t.category,
  modified_at: (t) => t.modified_at,
};
const PREFIX = /^(business_templates|waba_templates)\./;

/** Lists a WABA's templates as clients of 360dialog read them. */
@Injectable()
export class ListTemplates {
  constructor(
    private readonly db: Database,
    private readonly templates: Templates,
  ) {}

  /**
   * @param query `limit`, `offset`; `sort`: names with commas between, `-` for the other way; `filters`: JSON of names and
   *   values, compared without regard to case
   * @throws Refusal for what cannot be read
   */
  async page({ waba }: ChosenNumber, query: Readonly<Record<string, unknown>>): Promise<D360TemplatePage> {
    const limit = whole(query.limit, 'limit', MOST);
    const offset = whole(query.offset, 'offset', 0);
    const filters = readFilters(query.filters);
    const sort = typeof query.sort === 'string' && query.sort !== '' ? query.sort.split(',') : [];
    const rows = await this.db.inTenant(waba.tenantId, (tx) =>
      this.templates.list(tx, waba.tenantId, waba.wabaId, { limit: MOST }),
    );
    const matching = rows.map(d360Template).filter((template) =>
      Object.entries(filters).every(([name, value]) => {
        const wanted = (Array.isArray(value) ? value : [value]).map((one) => String(one).toLowerCase());
        return wanted.includes(reader(name, 'filters')(template).toLowerCase());
      }),
    );
    for (const name of sort.toReversed()) {
      const down = name.startsWith('-');
      const read = reader(down ? name.slice(1) : name, 'sort');
      matching.sort((a, b) => (down ? -1 : 1) * (read(a) < read(b) ? -1 : read(a) > read(b) ? 1 : 0));
    }
    const shown = matching.slice(offset, offset + limit);
    return { count: shown.length, total: matching.length, limit, offset, sort, filters, waba_templates: shown };
  }
}

export const d360Template = (template: Template): D360Template => ({
  id: template.metaTemplateId,
  name: template.name,
  // Of the old API; the Cloud API has none, and takes templates without.
  namespace: null,
  language: template.language,
  category: template.category.toUpperCase(),
  // FLAGGED is a warning on an approved template.
  status: template.status === 'flagged' ? 'approved' : template.status,
  components: template.components,
  rejected_reason: template.status === 'rejected' ? (template.reason ?? 'NONE') : 'NONE',
  modified_at: template.updatedAt.toISOString(),
});

function reader(name: string, place: string): (template: D360Template) => string {
  const plain = name.replace(PREFIX, '');
  const read = Object.hasOwn(READ, plain) ? READ[plain] : undefined;
  if (!read) throw refuse('invalid_parameter', `${place}: take ${Object.keys(READ).join(', ')}.`);
  return read;
}

function whole(value: unknown, name: string, absent: number): number {
  const number = value === undefined || value === '' ? absent : Number(value);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw refuse('invalid_parameter', `${name}: must be a whole number, 0 or more.`);
  }
  return number;
}

function readFilters(given: unknown): Record<string, unknown> {
  if (given === undefined || given === '') return {};
  try {
    const read: unknown = JSON.parse(String(given));
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw refuse('invalid_parameter', 'filters: must be JSON, such as {"business_templates.name": "order_update"}.');
}
