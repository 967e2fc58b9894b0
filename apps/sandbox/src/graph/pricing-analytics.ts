import type { Json, Waba } from '../state/records.js';
import { analyticsOf, COUNTRY, PHONE } from './analytics.js';
import type { GraphCall } from './graph-call.js';

/** The field `pricing_analytics` of a WABA: delivered messages (Meta, "Analytics", December 2025). */
export const pricingAnalytics = (call: GraphCall, waba: Waba): Json | undefined =>
  analyticsOf(call, waba, {
    field: 'pricing_analytics',
    metric: 'volume',
    keyOf: (message) => (message.pricing ? message.id : undefined),
    dimensions: {
      PHONE,
      COUNTRY,
      PRICING_CATEGORY: (m) => ['pricing_category', String(m.pricing?.category).toUpperCase().replaceAll('-', '_')],
      PRICING_TYPE: (m) => [
        'pricing_type',
        String((m.pricing as { type?: string } | undefined)?.type ?? 'regular').toUpperCase(),
      ],
    },
  });
