import { marketNamed } from '#libs/markets';
import type { Pricing, VolumeCategory } from '../verdict.js';
import { asCountry, type Context, readAuthInternational } from './context.js';
import { DeliveryProof, readPricing } from './delivery-proof.js';
import { Fields, InvalidCase } from './fields.js';

/** What every message to users has. `order` is its place among the events, which decides between equal instants. */
interface Outbound {
  readonly order: number;
  readonly id: string;
  /** How to name it in an error. */
  readonly where: string;
  readonly kind: 'template' | 'text' | 'reaction';
  readonly number: string;
  readonly category: string | undefined;
  readonly template: string | undefined;
  /** When the category of its template is looked up. */
  readonly sentAt: number;
  readonly windowOpen: boolean | undefined;
}
export interface Single extends Outbound {
  readonly to: string;
}
export interface Block extends Outbound {
  readonly to: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly pricing: Pricing | undefined;
}
export interface GroupMessage extends Outbound {
  readonly group: string;
  readonly deliveries: readonly { to: string; at: number | undefined; pricing: Pricing | undefined }[];
}
export interface UserMessage {
  readonly order: number;
  readonly number: string;
  readonly from: string;
  readonly at: number;
  readonly group: string | undefined;
  /** From a phone, through an ad or the button of a page. */
  readonly entry: boolean;
}

/** What Meta told, and when it began to hold. */
export type Knowledge = { readonly order: number; readonly at: number } & (
  | {
      readonly what: 'volume';
      portfolio: string;
      market: string;
      category: VolumeCategory;
      month: string;
      floor: number;
    }
  | {
      readonly what: 'auth_international';
      portfolio: string;
      startsAt: number;
      exceptions: ReadonlyMap<string, number>;
    }
  | { readonly what: 'location'; portfolio: string; country: string }
  | { readonly what: 'template'; template: string; previous: string | undefined; category: string }
);

const ENTRIES: ReadonlySet<string> = new Set(['click_to_whatsapp_ad', 'facebook_page_cta']);
const PHONES: ReadonlySet<string> = new Set(['android', 'ios']);
const DEVICES: ReadonlySet<string> = new Set([...PHONES, 'web', 'desktop']);

/** Reads events one by one and sorts them by what they are. Repeats only add their statuses. */
export class EventReader {
  readonly singles: Single[] = [];
  readonly blocks: Block[] = [];
  readonly groups: GroupMessage[] = [];
  readonly userMessages: UserMessage[] = [];
  readonly knowledge: Knowledge[] = [];
  /** Ids of events whose kind is not known. */
  readonly strange: (string | null)[] = [];
  /** Proofs of delivery by message id, also of messages that are not in the case. */
  readonly proofs = new Map<string, DeliveryProof>();
  readonly #seen = new Map<string, string>();
  #order = 0;

  constructor(private readonly context: Context) {}

  /** Is there an outbound message, or an event of unknown kind, with this id? */
  isMessage(id: string): boolean {
    const kind = this.#seen.get(id);
    return kind !== undefined && !INBOUND.has(kind);
  }

  /** @throws InvalidCase naming the event by its id, else by `place` */
  take(value: unknown, place: string): void {
    const unnamed = new Fields(value, place);
    const kind = unnamed.needString('kind');
    if (kind === 'status') {
      this.#proof(unnamed.needString('message')).take(unnamed);
      return;
    }

    const read = READERS.get(kind);
    const id = read ? unnamed.needString('id') : unnamed.mayString('id');
    const fields = id === undefined ? unnamed : new Fields(value, `event ${id} (${place})`);
    if (id !== undefined) {
      const first = this.#seen.get(id);
      if (WITH_STATUSES.has(first ?? kind)) {
        for (const status of fields.list('statuses')) this.#proof(id).take(new Fields(status.value, status.where));
      }
      if (first !== undefined) return;
      this.#seen.set(id, kind);
    }
    if (!read || id === undefined) this.strange.push(id ?? null);
    else read(this, fields, { order: this.#order++, id, where: fields.where });
  }

  #proof(id: string): DeliveryProof {
    const proof = this.proofs.get(id) ?? new DeliveryProof();
    this.proofs.set(id, proof);
    return proof;
  }

  /** The portfolio a knowledge event is about; undefined if it names a WABA that is not in the context. */
  portfolioOf(fields: Fields): string | undefined {
    const portfolio = fields.mayString('portfolio');
    if (portfolio !== undefined) return portfolio;
    return this.context.wabaById.get(fields.needString('waba'))?.portfolio;
  }
}

/** Kinds whose delivery is told by statuses; blocks and group messages carry their own times. */
const WITH_STATUSES: ReadonlySet<string> = new Set(['template', 'text', 'reaction']);
const INBOUND: ReadonlySet<string> = new Set(['user_message', 'account_update', 'template_category_update']);

type Head = { readonly order: number; readonly id: string; readonly where: string };
type Reader = (into: EventReader, fields: Fields, head: Head) => void;

function readOutbound(fields: Fields, head: Head, kind: Outbound['kind'], sentAt: number): Outbound {
  const template = kind === 'template';
  return {
    ...head,
    kind,
    sentAt,
    number: fields.needString('number'),
    category: template ? fields.mayString('category') : undefined,
    template: template ? fields.mayString('template') : undefined,
    windowOpen: fields.mayBoolean('in_service_window'),
  };
}

const single =
  (kind: Outbound['kind']): Reader =>
  (into, fields, head) => {
    const outbound = readOutbound(fields, head, kind, fields.needInstant('sent_at'));
    into.singles.push({ ...outbound, to: fields.needString('to') });
  };

const block =
  (kind: 'template' | 'text'): Reader =>
  (into, fields, head) => {
    const firstAt = fields.needInstant('first_delivered_at');
    into.blocks.push({
      ...readOutbound(fields, head, kind, firstAt),
      to: fields.needString('to'),
      count: fields.needCount('count'),
      firstAt,
      lastAt: fields.needInstant('last_delivered_at'),
      pricing: readPricing(fields),
    });
  };

const group =
  (kind: 'template' | 'text'): Reader =>
  (into, fields, head) => {
    if (fields.raw('deliveries') === undefined) fields.fail('deliveries', 'is missing');
    const deliveries = fields.list('deliveries').map(({ value, where }) => {
      const delivery = new Fields(value, where);
      return { to: delivery.needString('to'), at: delivery.mayInstant('at'), pricing: readPricing(delivery) };
    });
    const outbound = readOutbound(fields, head, kind, fields.needInstant('sent_at'));
    into.groups.push({ ...outbound, group: fields.needString('group'), deliveries });
  };

const userMessage: Reader = (into, fields, { order }) => {
  const entry = fields.mayString('entry');
  const device = entry === undefined ? undefined : fields.needString('device');
  if (entry !== undefined && !ENTRIES.has(entry)) fields.fail('entry', `may not be ${entry}`);
  if (device !== undefined && !DEVICES.has(device)) fields.fail('device', `may not be ${device}`);
  into.userMessages.push({
    order,
    number: fields.needString('number'),
    from: fields.needString('from'),
    at: fields.needInstant('at'),
    group: fields.mayString('group'),
    entry: device !== undefined && PHONES.has(device),
  });
};

/** Meta prints `lower:upper`; the upper end may be `MAX`. */
const lowerOf = (value: unknown): number | undefined => {
  const found = typeof value === 'string' ? /^(\d+):(\d+|MAX)$/.exec(value) : null;
  return found ? Number(found[1]) : undefined;
};

const accountUpdate: Reader = (into, fields, { order }) => {
  const told = fields.needInstant('at');
  switch (fields.needString('event')) {
    case 'VOLUME_BASED_PRICING_TIER_UPDATE': {
      const info = new Fields(fields.need('volume_tier_info', asIs, 'an object'), `${fields.where}.volume_tier_info`);
      const portfolio = into.portfolioOf(fields);
      const market = marketNamed(info.needString('region'));
      const category = info.needString('pricing_category').toLowerCase().replaceAll('-', '_');
      const month = info.needMonth('effective_month');
      const floor = info.need('tier', lowerOf, 'a band "lower:upper"') - 1;
      const at = info.mayInstant('tier_update_time') ?? told;
      const counted = category === 'authentication_international' ? 'authentication' : category;
      if (portfolio === undefined || market === undefined) return;
      if (counted !== 'utility' && counted !== 'authentication') return;
      into.knowledge.push({ order, at, what: 'volume', portfolio, market, category: counted, month, floor });
      return;
    }
    case 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE': {
      const name = 'auth_international_rate_eligibility';
      const info = new Fields(fields.need(name, asIs, 'an object'), `${fields.where}.${name}`);
      const portfolio = into.portfolioOf(fields);
      const startsAt = info.needInstant('start_time');
      const { exceptions } = readAuthInternational(info, startsAt, false);
      if (portfolio === undefined) return;
      into.knowledge.push({ order, at: told, what: 'auth_international', portfolio, startsAt, exceptions });
      return;
    }
    case 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE': {
      const portfolio = into.portfolioOf(fields);
      const country = fields.need('country', asCountry, 'an ISO 3166 alpha-2 code');
      if (portfolio !== undefined) into.knowledge.push({ order, at: told, what: 'location', portfolio, country });
    }
  }
};

const templateCategoryUpdate: Reader = (into, fields, { order }) => {
  const at = fields.needInstant('at');
  const template = fields.needString('template');
  // A notice of a coming change names the category that would be correct; it changes nothing yet.
  if (fields.raw('correct_category') !== undefined) return;
  const category = fields.needString('new_category').toLowerCase();
  const previous = fields.mayString('previous_category')?.toLowerCase();
  into.knowledge.push({ order, at, what: 'template', template, previous, category });
};

const asIs = (value: unknown): unknown => value;

const READERS: ReadonlyMap<string, Reader> = new Map([
  ['template', single('template')],
  ['text', single('text')],
  ['reaction', single('reaction')],
  ['bulk_template', block('template')],
  ['bulk_text', block('text')],
  ['group_template', group('template')],
  ['group_text', group('text')],
  ['user_message', userMessage],
  ['account_update', accountUpdate],
  ['template_category_update', templateCategoryUpdate],
]);

/** @throws InvalidCase: the event lacks a field that its kind needs */
export function lacksCategory(outbound: { readonly where: string }): never {
  throw new InvalidCase(`${outbound.where}: category is missing, and no template is named`);
}
