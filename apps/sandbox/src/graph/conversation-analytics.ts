import type { Json, Message, Waba } from '../state/records.js';
import { analyticsOf, COUNTRY, PHONE } from './analytics.js';
import type { GraphCall } from './graph-call.js';

const DAY_MS = 86_400_000;

/**
 * The field `conversation_analytics` of a WABA: conversations, which Meta counted until June 2025 (Meta, "Analytics"). One
 * for each customer, category and day: it is not imitated when a conversation began within the day.
 */
export const conversationAnalytics = (call: GraphCall, waba: Waba): Json | undefined =>
  analyticsOf(call, waba, {
    field: 'conversation_analytics',
    metric: 'conversation',
    keyOf: (m, at) =>
      m.pricing?.pricing_model === 'CBP'
        ? [m.phoneNumberId, m.to, m.pricing.category, Math.floor(at / DAY_MS)].join(' ')
        : undefined,
    dimensions: {
      PHONE,
      COUNTRY,
      CONVERSATION_CATEGORY: (m) => ['conversation_category', categoryOf(m)],
      CONVERSATION_TYPE: (m) => ['conversation_type', typeOf(m)],
      CONVERSATION_DIRECTION: (m) => [
        'conversation_direction',
        categoryOf(m) === 'SERVICE' ? 'USER_INITIATED' : 'BUSINESS_INITIATED',
      ],
    },
  });

const isFreeEntry = (m: Message): boolean => m.pricing?.category === 'referral_conversion';
/** A free entry point is a type there, and its category that of service. */
const categoryOf = (m: Message): string =>
  isFreeEntry(m) ? 'SERVICE' : String(m.pricing?.category).toUpperCase().replaceAll('-', '_');
const typeOf = (m: Message): string => {
  if (isFreeEntry(m)) return 'FREE_ENTRY';
  return m.pricing?.billable ? 'REGULAR' : 'FREE_TIER';
};
