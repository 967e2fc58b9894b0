import fc from 'fast-check';
import { loadRateBook } from '../rate-card/load-rate-book.js';
import { zoneClock } from './local-time.js';
import { rateMessage } from './rate-message.js';
import type { DeliveredMessage, Known, Pricing } from './verdict.js';

const KNOWN: Known = {
  serviceWindowOpen: false,
  freeEntry: 'undecided',
  openConversations: [],
  freeConversationsUsed: 0,
  allowanceUsed: 0,
  volumeUsed: () => 0,
  portfolio: { country: null, countryVerified: false },
  portfolioAtLast: { country: null, countryVerified: false },
};

describe('whatever a webhook of Meta holds', () => {
  const book = loadRateBook();
  const word = fc.oneof(
    fc.constantFrom('regular', 'free_entry_point', 'utility', 'group_utility', 'PMP', 'CBP', 'service', '__proto__'),
    fc.jsonValue(),
  );
  const pricing = fc.oneof(
    fc.constant(undefined),
    fc.record({ pricing_model: word, type: word, category: word, billable: word }, { requiredKeys: [] }),
  );

  it('a message is charged, free or parked, and keeps no other from being rated', () => {
    fc.assert(
      fc.property(
        pricing,
        fc.constantFrom<DeliveredMessage['kind']>('template', 'text', 'reaction'),
        fc.oneof(fc.constantFrom('+5215512345678', '+', '', 'MX.1349', `+${'9'.repeat(60)}`), fc.string()),
        fc.date({ min: new Date('2022-02-02'), max: new Date('2031-01-01'), noInvalidDate: true }),
        fc.option(fc.string(), { nil: undefined }),
        (block, kind, to, date, category) => {
          const at = date.getTime();
          const message: DeliveredMessage = {
            kind,
            toGroup: false,
            to,
            at,
            lastAt: at,
            quantity: 1,
            category,
            pricing: block as Pricing | undefined,
            waba: { zone: zoneClock('America/Mexico_City'), currency: 'USD', billedHere: true },
          };
          expect(['charged', 'free', 'parked']).toContain(rateMessage(message, KNOWN, book).outcome);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
