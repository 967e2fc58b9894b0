import { NOTHING_KNOWN, type PortfolioFacts } from './auth-international.js';
import { answer, enter, type FreeEntry, freeEntryAt, noFreeEntry } from './free-entry.js';
import { rulesOn, WINDOW_HOURS } from './rules-in-force.js';
import type { ConversationCategory, DeliveredMessage, Known, Verdict, VolumeCategory } from './verdict.js';

const HOUR = 3_600_000;
const WINDOW = WINDOW_HOURS * HOUR;

/** Between one business number and one user, or one group. */
interface Contact {
  /** The latest message of the user, or of any member of the group. */
  heardAt: number;
  readonly freeEntry: FreeEntry;
  /** Ends of conversations by category. Most contacts of the per-message era have none. */
  readonly conversations: Map<ConversationCategory, number>;
}
const newContact = (): Contact => ({
  heardAt: Number.NEGATIVE_INFINITY,
  freeEntry: noFreeEntry(),
  conversations: new Map(),
});

/** Whose counters and windows a message touches. */
export interface Parties {
  readonly number: string;
  readonly waba: string;
  readonly portfolio: string;
  /** The user, or the group; undefined for a block, whose users have no history. */
  readonly contact: string | undefined;
}

/** Portfolio facts through time. */
export type PortfolioHistory = (portfolio: string, at: number) => PortfolioFacts;

const NONE: readonly ConversationCategory[] = Object.freeze([]);

/** Counts of things that are named by two to four words, the month among them. */
class Counter {
  readonly #counts = new Map<string, number>();
  // Asked for with each message: one text is made and nothing else.
  static #key = (a: string, b: string, c: string, d: string): string => `${a}\n${b}\n${c}\n${d}`;
  get(a: string, b: string, c = '', d = ''): number {
    return this.#counts.get(Counter.#key(a, b, c, d)) ?? 0;
  }
  add(by: number, a: string, b: string, c = '', d = ''): void {
    const key = Counter.#key(a, b, c, d);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }
  atLeast(floor: number, a: string, b: string, c = '', d = ''): void {
    if (this.get(a, b, c, d) < floor) this.#counts.set(Counter.#key(a, b, c, d), floor);
  }
}

/** What is known of a message, with counts looked up only where its price hangs on them. */
class KnownNow implements Known {
  constructor(
    readonly serviceWindowOpen: boolean,
    readonly freeEntry: Known['freeEntry'],
    readonly openConversations: readonly ConversationCategory[],
    readonly portfolio: PortfolioFacts,
    readonly portfolioAtLast: PortfolioFacts,
    private readonly parties: Parties,
    private readonly month: string,
    private readonly counters: { freeConversations: Counter; allowance: Counter; volume: Counter },
  ) {}

  get freeConversationsUsed(): number {
    return this.counters.freeConversations.get(this.parties.waba, this.month);
  }
  get allowanceUsed(): number {
    return this.counters.allowance.get(this.parties.number, this.month);
  }
  volumeUsed(market: string, category: VolumeCategory): number {
    return this.counters.volume.get(this.parties.portfolio, market, category, this.month);
  }
}

/**
 * Windows, conversations and counters in memory, for replaying events in the order of their billing moments. The
 * running platform keeps the same facts in tables and hands them to `rateMessage` itself.
 */
export class RatingMemory {
  readonly #users = new Map<string, Map<string, Contact>>();
  readonly #groups = new Map<string, Map<string, Contact>>();
  readonly #freeConversations = new Counter();
  readonly #allowance = new Counter();
  readonly #volume = new Counter();
  readonly #counters = {
    freeConversations: this.#freeConversations,
    allowance: this.#allowance,
    volume: this.#volume,
  };

  constructor(private readonly factsOf: PortfolioHistory = () => NOTHING_KNOWN) {}

  #contact(book: Map<string, Map<string, Contact>>, number: string, name: string): Contact {
    let contacts = book.get(number);
    if (!contacts) {
      contacts = new Map();
      book.set(number, contacts);
    }
    let contact = contacts.get(name);
    if (!contact) {
      contact = newContact();
      contacts.set(name, contact);
    }
    return contact;
  }

  /** What is remembered between the parties of a message; most users of the per-message era are never heard of. */
  #of({ toGroup }: DeliveredMessage, { number, contact }: Parties): Contact | undefined {
    if (contact === undefined) return undefined;
    return (toGroup ? this.#groups : this.#users).get(number)?.get(contact);
  }

  /** Free conversations of a WABA and month that were used before the first event. */
  startFreeConversations(waba: string, month: string, count: number): void {
    this.#freeConversations.add(count, waba, month);
  }
  /** Units of the service allowance of a number and month that were used before the first event. */
  startAllowance(number: string, month: string, count: number): void {
    this.#allowance.add(count, number, month);
  }
  /** Charged messages of a portfolio in a market and month before the first event. */
  startVolume(portfolio: string, market: string, category: VolumeCategory, month: string, count: number): void {
    this.#volume.add(count, portfolio, market, category, month);
  }
  /** Meta announced a tier: the count is at least this much, and never lowered. */
  liftVolume(portfolio: string, market: string, category: VolumeCategory, month: string, floor: number): void {
    this.#volume.atLeast(floor, portfolio, market, category, month);
  }

  /** A user wrote to a number. `entry`: from a phone, through an ad or the button of a page. */
  heard(number: string, user: string, at: number, entry: boolean): void {
    const contact = this.#contact(this.#users, number, user);
    contact.heardAt = at;
    if (entry) enter(contact.freeEntry, at);
  }
  /** A member wrote in a group of a number: this opens the window for the whole group, not for the pair. */
  heardInGroup(number: string, group: string, at: number): void {
    this.#contact(this.#groups, number, group).heardAt = at;
  }

  /** What is known when a message is delivered. `windowOpen` overrides our own reckoning of the service window. */
  knownFor(message: DeliveredMessage, parties: Parties, windowOpen?: boolean): Known {
    const { at, lastAt, toGroup, waba } = message;
    const { day, month } = waba.zone.dayAt(at);
    const contact = this.#of(message, parties);
    const rules = rulesOn(day);
    const portfolio = this.factsOf(parties.portfolio, at);
    return new KnownNow(
      windowOpen ?? (contact !== undefined && at < contact.heardAt + WINDOW),
      contact && rules && !toGroup ? freeEntryAt(contact.freeEntry, at, rules) : 'none',
      contact?.conversations.size ? openAt(contact.conversations, at) : NONE,
      portfolio,
      lastAt === at ? portfolio : this.factsOf(parties.portfolio, lastAt),
      parties,
      month,
      this.#counters,
    );
  }

  /** Lets a verdict count. A message that was parked changes nothing, except that it may have been an answer. */
  apply(message: DeliveredMessage, parties: Parties, verdict: Verdict): void {
    const { moves, month, quantity } = verdict;
    if (moves.allowance) this.#allowance.add(quantity, parties.number, month);
    if (moves.freeConversation) this.#freeConversations.add(quantity, parties.waba, month);
    if (moves.volume && 'market' in verdict && verdict.market !== undefined) {
      this.#volume.add(quantity, parties.portfolio, verdict.market, moves.volume, month);
    }
    if (parties.contact === undefined || message.toGroup) return;
    if (moves.opens) {
      const { conversations } = this.#contact(this.#users, parties.number, parties.contact);
      conversations.set(moves.opens, message.at + WINDOW);
    }
    const contact = this.#of(message, parties);
    if (!contact?.freeEntry.unanswered) return;
    // A free entry window closes the other conversations of the user. Each of them would have ended inside it anyway.
    const rules = rulesOn(verdict.day);
    if (rules && answers(message, verdict)) answer(contact.freeEntry, message.at, rules);
  }
}

/**
 * Does the message answer an entry message? A reaction never does, and a parked message opens nothing, except one that
 * is parked for this very question: it was an answer, only its price is open.
 */
function answers(message: DeliveredMessage, verdict: Verdict): boolean {
  if (message.kind === 'reaction') return false;
  return verdict.outcome !== 'parked' || verdict.reason === 'free_entry_undecided';
}

function openAt(conversations: ReadonlyMap<ConversationCategory, number>, at: number): ConversationCategory[] {
  const open: ConversationCategory[] = [];
  for (const [category, end] of conversations) if (at < end) open.push(category);
  return open;
}
