import type { RateBook } from '../../rate-card/rate-card.js';
import { zoneClock } from '../local-time.js';
import { type Parties, RatingMemory } from '../memory.js';
import { rateMessage } from '../rate-message.js';
import { rulesOn } from '../rules-in-force.js';
import type { DeliveredMessage, Pricing } from '../verdict.js';
import { type Context, readContext, type Waba } from './context.js';
import { EventReader, type GroupMessage, type Knowledge, lacksCategory } from './events.js';
import { asString, Fields, InvalidCase } from './fields.js';
import { portfolioHistory, templateHistory } from './history.js';
import { type Charge, Tally } from './tally.js';
import { type TenantInvoice, tenantInvoice } from './tenant-invoice.js';

/** One event of an `events_file`, with the words that name its line. */
export interface EventLine {
  readonly value: unknown;
  readonly where: string;
}
/** Gives the events of a file named in `events_file`. @throws InvalidCase if it cannot be read */
export type OpenEventsFile = (path: string) => Iterable<EventLine>;

/** The output of `pricing-case/1`. */
export interface RatedCase {
  readonly case: string;
  readonly charges: readonly Charge[];
  readonly free: readonly { event: string; reason: string; quantity: number }[];
  readonly parked: readonly { event: string | null; reason: string; quantity: number }[];
  readonly total: string | null;
  readonly currency: string | null;
  readonly totals: Readonly<Record<string, string>>;
  readonly tenant_invoice?: TenantInvoice;
}

/** Something that happens at an instant. At equal instants: knowledge, then user messages, then outbound. */
interface Happening {
  readonly at: number;
  readonly rank: 0 | 1 | 2;
  readonly order: number;
  readonly run: () => void;
}

const noFiles: OpenEventsFile = (path) => {
  throw new InvalidCase(`events_file ${path} cannot be read here`);
};

/**
 * Prices a file of events, `pricing-case/1`: Meta's cost line by line and, with a tenant plan, what the tenant is
 * invoiced. Pure but for `open`; two calls share nothing.
 * @param input the case as parsed from JSON
 * @param open gives the events of files the case names
 * @throws InvalidCase for a case that breaks the format
 */
export function rateCase(input: unknown, book: RateBook, open: OpenEventsFile = noFiles): RatedCase {
  const fields = new Fields(input, 'case');
  if (fields.needString('format') !== 'pricing-case/1') fields.fail('format', 'must be pricing-case/1');
  const id = fields.needString('id');
  const context = readContext(fields.need('context', (value) => value, 'an object'));
  const events = new EventReader(context);
  const given = fields.may('events', (value) => (Array.isArray(value) ? value : undefined), 'an array') ?? [];
  given.forEach((value, i) => {
    events.take(value, `events[${i}]`);
  });
  for (const path of eventsFiles(fields)) for (const { value, where } of open(path)) events.take(value, where);
  return new CaseRating(context, events, book).rate(id);
}

function eventsFiles(fields: Fields): readonly string[] {
  const one = asString(fields.raw('events_file'));
  return one === undefined ? fields.strings('events_file') : [one];
}

/** One case in the middle of being rated. */
class CaseRating {
  readonly #knowledge: readonly Knowledge[];
  readonly #memory: RatingMemory;
  readonly #categoryOf: (template: string, at: number) => string | undefined;
  readonly #tally = new Tally();
  readonly #happenings: Happening[] = [];

  constructor(
    private readonly context: Context,
    private readonly events: EventReader,
    private readonly book: RateBook,
  ) {
    this.#knowledge = events.knowledge.toSorted((a, b) => a.at - b.at || a.order - b.order);
    this.#memory = new RatingMemory(portfolioHistory(context, this.#knowledge));
    this.#categoryOf = templateHistory(context, this.#knowledge);
  }

  rate(id: string): RatedCase {
    this.#start();
    for (const told of this.#knowledge) this.#hear(told);
    this.#userMessages();
    this.#singles();
    this.#blocks();
    for (const message of this.events.groups) this.#group(message);
    this.#strays();
    this.#happenings.sort((a, b) => a.at - b.at || a.rank - b.rank || a.order - b.order);
    for (const { run } of this.#happenings) run();
    return this.#output(id);
  }

  #start(): void {
    const { freeConversations, allowance, volume } = this.context.counters;
    for (const { waba, month, count } of freeConversations) this.#memory.startFreeConversations(waba, month, count);
    for (const { number, month, count } of allowance) this.#memory.startAllowance(number, month, count);
    for (const v of volume) this.#memory.startVolume(v.portfolio, v.market, v.category, v.month, v.count);
  }

  #hear(told: Knowledge): void {
    if (told.what !== 'volume') return;
    const { at, order, portfolio, market, category, month, floor } = told;
    const run = () => this.#memory.liftVolume(portfolio, market, category, month, floor);
    this.#happenings.push({ at, rank: 0, order, run });
  }

  #userMessages(): void {
    for (const { at, order, number, from, group, entry } of this.events.userMessages) {
      const run = () => {
        if (group === undefined) this.#memory.heard(number, from, at, entry);
        else this.#memory.heardInGroup(number, group, at);
      };
      this.#happenings.push({ at, rank: 1, order, run });
    }
  }

  #singles(): void {
    for (const single of this.events.singles) {
      const { id, order, number, to, windowOpen } = single;
      const proof = this.events.proofs.get(id);
      const waba = this.context.wabaOfNumber.get(number);
      this.#checkCategory(single, waba, proof?.at ?? single.sentAt, proof?.pricing);
      if (proof?.at === undefined) this.#tally.free(id, 'not_delivered', 1);
      else if (!waba) this.#tally.park(id, 'unknown_number', 1);
      else {
        const message = this.#message(single, waba, to, proof.at, proof.pricing);
        this.#rateAt(message, order, id, waba, { number, contact: to }, windowOpen);
      }
    }
  }

  #blocks(): void {
    for (const block of this.events.blocks) {
      const { id, order, number, to, count, firstAt, lastAt, pricing } = block;
      const waba = this.context.wabaOfNumber.get(number);
      this.#checkCategory(block, waba, firstAt, pricing);
      if (count === 0) this.#tally.free(id, 'not_delivered', 0);
      else if (!waba) this.#tally.park(id, 'unknown_number', count);
      else {
        const message = { ...this.#message(block, waba, to, firstAt, pricing), lastAt, quantity: count };
        this.#rateAt(message, order, id, waba, { number, contact: undefined }, block.windowOpen ?? false);
      }
    }
  }

  #group(group: GroupMessage): void {
    const { id, order, number, windowOpen } = group;
    const waba = this.context.wabaOfNumber.get(number);
    if (group.deliveries.length === 0) this.#tally.free(id, 'not_delivered', 0);
    for (const { to, at, pricing } of group.deliveries) {
      const moment = at ?? group.sentAt;
      // There were no group messages to charge for in the conversation eras.
      if (rulesOn((waba?.zone ?? UTC).dayAt(moment).day)?.model !== 'pmp') {
        this.#tally.park(id, 'unknown_kind', 1);
        continue;
      }
      this.#checkCategory(group, waba, moment, pricing);
      if (at === undefined) this.#tally.free(id, 'not_delivered', 1);
      else if (!waba) this.#tally.park(id, 'unknown_number', 1);
      else {
        const message = { ...this.#message(group, waba, to, at, pricing), toGroup: true };
        this.#rateAt(message, order, id, waba, { number, contact: group.group }, windowOpen);
      }
    }
  }

  /** Events of unknown kind, and deliveries of messages that the case does not have. */
  #strays(): void {
    for (const id of this.events.strange) this.#tally.park(id, 'unknown_kind', 1);
    for (const [id, { at }] of this.events.proofs) {
      if (at !== undefined && !this.events.isMessage(id)) this.#tally.park(id, 'unknown_message', 1);
    }
  }

  /** A template must say its category somehow, except in the years when conversations had none. */
  #checkCategory(
    { kind, category, template, where }: CategorySource & { readonly where: string },
    waba: Waba | undefined,
    at: number,
    pricing: Pricing | undefined,
  ): void {
    if (kind !== 'template' || category !== undefined || template !== undefined || pricing?.category != null) return;
    if (rulesOn((waba?.zone ?? UTC).dayAt(at).day)?.model !== 'cbp1') lacksCategory({ where });
  }

  #message(
    { kind, category, template, sentAt }: CategorySource,
    waba: Waba,
    to: string,
    at: number,
    pricing: Pricing | undefined,
  ): DeliveredMessage {
    const stored = category ?? (template === undefined ? undefined : this.#categoryOf(template, sentAt));
    return { kind, toGroup: false, to, at, lastAt: at, quantity: 1, category: stored, pricing, waba };
  }

  #rateAt(
    whole: DeliveredMessage,
    order: number,
    event: string,
    waba: Waba,
    who: Pick<Parties, 'number' | 'contact'>,
    windowOpen: boolean | undefined,
  ): void {
    const parties = { ...who, waba: waba.id, portfolio: waba.portfolio };
    const run = () => {
      // A block ends in several verdicts where an allowance or a volume band ends inside it.
      for (let left = whole.quantity; left > 0; ) {
        const message = left === whole.quantity ? whole : { ...whole, quantity: left };
        const verdict = rateMessage(message, this.#memory.knownFor(message, parties, windowOpen), this.book);
        this.#memory.apply(message, parties, verdict);
        this.#tally.add(event, waba, verdict);
        left -= verdict.quantity;
      }
    };
    this.#happenings.push({ at: whole.at, rank: 2, order, run });
  }

  #output(id: string): RatedCase {
    const { wabas, plan, wabaOfNumber } = this.context;
    const { charges, free, parked } = this.#tally.lines();
    const totals = this.#tally.totals(wabas);
    const [only, ...more] = Object.entries(totals);
    const single = only && more.length === 0 ? only : [null, null];
    const inbound = this.events.userMessages.filter(({ number }) => wabaOfNumber.get(number)?.billedHere).length;
    const usage = { delivered: this.#tally.delivered, inbound };
    return {
      case: id,
      charges,
      free,
      parked,
      total: single[1],
      currency: single[0],
      totals,
      ...(plan && { tenant_invoice: tenantInvoice(plan, charges, usage, wabas) }),
    };
  }
}

type CategorySource = {
  readonly kind: DeliveredMessage['kind'];
  readonly category: string | undefined;
  readonly template: string | undefined;
  readonly sentAt: number;
};
/** The zone of a number that no WABA has. */
const UTC = zoneClock('UTC');
