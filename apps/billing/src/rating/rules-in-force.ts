/** What is charged and what is free from a local day on. */
export interface Rules {
  /** First local day, `YYYY-MM-DD`, from 00:00 in the time zone of the WABA. */
  readonly from: string;
  /**
   * What Meta charges for: `cbp1` conversations by who began them, `cbp2` conversations by category (both 24 h), `pmp`
   * each delivered message.
   */
  readonly model: 'cbp1' | 'cbp2' | 'pmp';
  /** Which opened conversations draw on the free 1,000 of a WABA and month. */
  readonly freeTier: 'every conversation' | 'service conversations' | 'none';
  /** Messages that are no template cost nothing, without limit. */
  readonly serviceFree: boolean;
  /** The first 1,000 delivered service messages of a number and month cost nothing. */
  readonly serviceAllowance: boolean;
  /** Utility templates inside the customer service window cost nothing. */
  readonly utilityFreeInWindow: boolean;
  /** How long a free entry window lasts from its opening; `meta`: only Meta knows, and says so in `pricing.type`. */
  readonly freeEntryHours: number | 'meta';
}

/** Conversations (until 2024-10) and service messages (from 2026-10) that are free in a month. */
export const FREE_A_MONTH = 1000;

/** Hours of the customer service window, of a conversation, and for the answer that opens a free entry window. */
export const WINDOW_HOURS = 24;
/** The longest a free entry window may last where only Meta knows its end (Meta's SDK notes, September 2026). */
export const LONGEST_FREE_ENTRY_HOURS = 7 * 24;

/**
 * Meta's pricing models by date (Meta, "Conversation-based pricing", copies of 2022 and November 2025; "Pricing",
 * July and September 2026; "Upcoming charges for service and utility messages", July 2026; the 72 h of March 2023
 * from Wati's help pages). Latest first.
 */
export const RULES: readonly Rules[] = [
  {
    from: '2026-10-01',
    model: 'pmp',
    freeTier: 'none',
    serviceFree: false,
    serviceAllowance: true,
    utilityFreeInWindow: false,
    freeEntryHours: 'meta',
  },
  {
    from: '2025-07-01',
    model: 'pmp',
    freeTier: 'none',
    serviceFree: true,
    serviceAllowance: false,
    utilityFreeInWindow: true,
    freeEntryHours: 72,
  },
  {
    from: '2024-11-01',
    model: 'cbp2',
    freeTier: 'none',
    serviceFree: true,
    serviceAllowance: false,
    utilityFreeInWindow: false,
    freeEntryHours: 72,
  },
  {
    from: '2023-06-01',
    model: 'cbp2',
    freeTier: 'service conversations',
    serviceFree: false,
    serviceAllowance: false,
    utilityFreeInWindow: false,
    freeEntryHours: 72,
  },
  {
    from: '2023-03-01',
    model: 'cbp1',
    freeTier: 'every conversation',
    serviceFree: false,
    serviceAllowance: false,
    utilityFreeInWindow: false,
    freeEntryHours: 72,
  },
  {
    from: '2022-02-01',
    model: 'cbp1',
    freeTier: 'every conversation',
    serviceFree: false,
    serviceAllowance: false,
    utilityFreeInWindow: false,
    freeEntryHours: 24,
  },
];

/** The rules of a local day (`YYYY-MM-DD`), or undefined before the first that are known. */
export function rulesOn(day: string): Rules | undefined {
  for (const rules of RULES) if (rules.from <= day) return rules;
  return undefined;
}
