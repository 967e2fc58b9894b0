/** The form of a case file, section 2 and 3. Anything against it throws, naming the event. */
export type Json = Record<string, unknown>;

export interface Pricing {
  pricing_model?: string;
  type?: string;
  category?: string;
}
export interface Status {
  status: string;
  at: number;
  pricing?: Pricing;
  place: number;
}
export interface Event extends Json {
  id: string;
  kind: string;
  place: number;
  statuses: Status[];
}
export interface Waba {
  id: string;
  timezone: string;
  currency: string;
  numbers: string[];
  portfolio: string;
  billed_by: string;
}
export interface International {
  eligible: boolean;
  start_time?: unknown;
  exception_countries?: { country_code: string; start_time: unknown }[];
}
export interface Plan {
  currency?: string;
  markup_pct: string;
  markup_pct_by_category: Record<string, string>;
  fx: { from: string; rate: string }[];
  fx_margin_pct: string;
  fee_per_message: string;
  fee_applies_to: string[];
  monthly_number_fee: string;
  months: string[];
  tax_pct: string;
  decimals: number;
}
export interface Case {
  id: string;
  wabas: Waba[];
  portfolios: {
    id: string;
    primary_business_location?: { country: string | null; verified: boolean };
    auth_international?: International;
  }[];
  templates: { name: string; category: string }[];
  freeConversations: { waba: string; month: string; count: number }[];
  allowance: { number: string; month: string; count: number }[];
  volume: { portfolio: string; market: string; category: string; month: string; count: number }[];
  plan?: Plan;
  events: Event[];
  /** Statuses whose message is not in the case. */
  strangers: { message: string; statuses: Status[] }[];
}

function must(fine: unknown, what: string): asserts fine {
  if (!fine) throw new Error(what);
}

/** Milliseconds of an instant in any of the forms of section 2. */
export function instant(value: unknown, what = 'instant'): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value * 1000;
  must(typeof value === 'string', `${what}: no instant`);
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  must(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(value), `${what}: no instant`);
  const at = Date.parse(value);
  must(!Number.isNaN(at), `${what}: no instant`);
  return at;
}
const isDecimal = (value: unknown): boolean => typeof value === 'string' && /^\d+(\.\d+)?$/.test(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/** Field names that a part of the context may have. */
const FIELDS: Record<string, string> = {
  context: 'wabas portfolios templates counters tenant_plan',
  wabas: 'id timezone currency numbers portfolio billed_by',
  portfolios: 'id primary_business_location auth_international',
  primary_business_location: 'country verified',
  auth_international: 'eligible start_time exception_countries',
  exception_countries: 'country_code start_time',
  templates: 'name category',
  counters: 'free_conversations service_allowance volume',
  free_conversations: 'waba month count',
  service_allowance: 'number month count',
  volume: 'portfolio market category month count',
  tenant_plan:
    'currency markup_pct markup_pct_by_category fx fx_margin_pct fee_per_message fee_applies_to monthly_number_fee months tax_pct decimals',
  fx: 'from rate',
};
function knowsItsFields(part: unknown, name: string): void {
  if (Array.isArray(part)) for (const entry of part) knowsItsFields(entry, name);
  const allowed = FIELDS[name]?.split(' ');
  if (!allowed || Array.isArray(part) || typeof part !== 'object' || part === null) return;
  for (const [field, value] of Object.entries(part)) {
    must(allowed.includes(field), `unknown field ${field} in ${name}`);
    knowsItsFields(value, field);
  }
}
function decimalsAreStrings(part: unknown): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [field, value] of Object.entries(part)) {
    if (/_pct$|^rate$|_fee$|^fee_per_message$/.test(field)) must(isDecimal(value), `${field} is no decimal`);
    else if (field === 'markup_pct_by_category') must(Object.values(value as Json).every(isDecimal), field);
    else if (field === 'count' || field === 'decimals') must(isCount(value), `${field} is no count`);
    else decimalsAreStrings(value);
  }
}

const OUTBOUND = { number: 'text', to: 'text', sent_at: 'instant' };
const BULK = {
  number: 'text',
  to: 'text',
  count: 'count',
  first_delivered_at: 'instant',
  last_delivered_at: 'instant',
};
const GROUP = { number: 'text', group: 'text', sent_at: 'instant', deliveries: 'list' };
const NEEDS: Record<string, Record<string, string>> = {
  template: OUTBOUND,
  text: OUTBOUND,
  reaction: OUTBOUND,
  bulk_template: BULK,
  bulk_text: BULK,
  group_template: GROUP,
  group_text: GROUP,
  user_message: { number: 'text', from: 'text', at: 'instant' },
  account_update: { at: 'instant', event: 'text' },
  template_category_update: { at: 'instant', template: 'text', new_category: 'text' },
};
export const isKnownKind = (kind: string): boolean => kind in NEEDS;

function hasWhatItNeeds(event: Json, name: string): void {
  for (const [field, form] of Object.entries(NEEDS[event.kind as string] ?? {})) {
    const value = event[field];
    must(value !== undefined, `${name}: ${field} is missing`);
    if (form === 'text') must(typeof value === 'string', `${name}: ${field}`);
    if (form === 'count') must(isCount(value), `${name}: ${field}`);
    if (form === 'list') must(Array.isArray(value), `${name}: ${field}`);
    if (form === 'instant') instant(value, `${name}: ${field}`);
  }
}

/** Reads a case; `more` are the events of its files, in their order. */
export function readCase(json: Json, more: Json[]): Case {
  must(json.format === 'pricing-case/1', 'format');
  must(typeof json.id === 'string', 'id');
  const context = json.context as Json & { counters?: Json; tenant_plan?: Json };
  must(context && Array.isArray(context.wabas) && context.wabas.length > 0, 'wabas');
  knowsItsFields(context, 'context');
  decimalsAreStrings(context);
  const wabas = (context.wabas as Json[]).map(
    (waba) => ({ portfolio: 'default', billed_by: 'platform', ...waba }) as unknown as Waba,
  );
  const events: Event[] = [];
  const loose: { message: string; status: Status }[] = [];
  [...((json.events as Json[]) ?? []), ...more].forEach((event, place) => {
    const status = (raw: Json, owner: string): Status => ({
      status: raw.status as string,
      at: instant(raw.at, owner),
      pricing: raw.pricing as Pricing | undefined,
      place,
    });
    if (event.kind === 'status') {
      must(typeof event.message === 'string' && typeof event.status === 'string', `event ${place + 1}: status`);
      loose.push({ message: event.message, status: status(event, `event ${place + 1}`) });
      return;
    }
    must(typeof event.kind === 'string' && typeof event.id === 'string', `event ${place + 1}: kind and id`);
    const id = event.id;
    const statuses = ((event.statuses as Json[]) ?? []).map((raw) => status(raw, id));
    const known = events.find((e) => e.id === id);
    if (known) {
      known.statuses.push(...statuses);
      return;
    }
    hasWhatItNeeds(event, id);
    events.push({ ...event, place, statuses } as Event);
  });
  const strangers: Case['strangers'] = [];
  for (const { message, status } of loose) {
    const known = events.find((e) => e.id === message) ?? strangers.find((s) => s.message === message);
    if (known) known.statuses.push(status);
    else strangers.push({ message, statuses: [status] });
  }
  const counters = (context.counters ?? {}) as Record<string, never>;
  const plan = context.tenant_plan && {
    markup_pct: '0',
    markup_pct_by_category: {},
    fx: [],
    fx_margin_pct: '0',
    fee_per_message: '0',
    fee_applies_to: ['outbound_delivered'],
    monthly_number_fee: '0',
    months: [],
    tax_pct: '0',
    decimals: 2,
    ...(context.tenant_plan as Partial<Plan>),
  };
  return {
    id: json.id,
    wabas,
    portfolios: (context.portfolios ?? []) as Case['portfolios'],
    templates: (context.templates ?? []) as Case['templates'],
    freeConversations: counters.free_conversations ?? [],
    allowance: counters.service_allowance ?? [],
    volume: counters.volume ?? [],
    plan,
    events,
    strangers,
  };
}
