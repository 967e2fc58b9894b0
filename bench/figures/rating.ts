import { loadRateBook } from '../../apps/billing/src/rate-card/load-rate-book.js';
import { zoneClock } from '../../apps/billing/src/rating/local-time.js';
import { RatingMemory } from '../../apps/billing/src/rating/memory.js';
import { rateMessage } from '../../apps/billing/src/rating/rate-message.js';
import type { DeliveredMessage } from '../../apps/billing/src/rating/verdict.js';
import type { Group } from '../harness/group.js';
import type { Measured } from '../harness/load.js';
import { type Line, measure } from '../harness/rounds.js';

const COUNTRIES = [
  '+5215512345678',
  '+5511987650001',
  '+14155550100',
  '+34612345678',
  '+919812345678',
  '+4915112345678',
];
const CATEGORIES = ['marketing', 'utility', 'authentication', 'service'];
const PARTIES = { number: 'N1', waba: 'W1', portfolio: 'P1', contact: undefined };
const BEGIN = Date.parse('2026-11-01T12:00:00Z');
const REPLAYED = 10_000_000;

/** Pure rating on one core, beside the parsing of the same statuses alone; and a month replayed, for its memory. */
export const rating: Group = {
  name: 'rating',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    await bench.only();
    const book = loadRateBook();
    const waba = { zone: zoneClock('America/Mexico_City'), currency: 'USD', billedHere: true };
    const message = (n: number): DeliveredMessage => {
      const category = CATEGORIES[n % CATEGORIES.length] as string;
      const at = BEGIN + (n % 2_000_000) * 1_000;
      return {
        kind: category === 'service' ? 'text' : 'template',
        toGroup: false,
        to: COUNTRIES[n % COUNTRIES.length] as string,
        at,
        lastAt: at,
        quantity: 1,
        category: category === 'service' ? undefined : category,
        pricing: { pricing_model: 'PMP', type: 'regular', category },
        waba,
      };
    };
    const memory = new RatingMemory();
    const replay = (count: number, from = 0): number => {
      let charged = 0;
      for (let n = from; n < from + count; n++) {
        const one = message(n);
        const verdict = rateMessage(one, memory.knownFor(one, PARTIES), book);
        memory.apply(one, PARTIES, verdict);
        if (verdict.outcome === 'charged') charged++;
      }
      return charged;
    };
    // The function alone: messages are there already, and what is known of each is the same.
    const ready = Array.from({ length: 10_000 }, (_, n) => message(n));
    const known = new RatingMemory().knownFor(message(0), PARTIES);
    const rate = (count: number): number => {
      let charged = 0;
      for (let n = 0; n < count; n++) {
        if (rateMessage(ready[n % ready.length] as DeliveredMessage, known, book).outcome === 'charged') charged++;
      }
      return charged;
    };
    const timed = async (size: number, work: (size: number) => unknown): Promise<Measured> => {
      const from = performance.now();
      work(size);
      return { perSecond: size / ((performance.now() - from) / 1_000), p50: 0, p99: 0 };
    };
    const statuses = Array.from({ length: 1_000 }, (_, n) =>
      JSON.stringify({
        id: `wamid.${n}`,
        status: 'delivered',
        timestamp: '1795000000',
        recipient_id: '5215512345678',
        conversation: { id: 'c', origin: { type: 'utility' } },
        pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
      }),
    );
    say('rating …');
    const lines: Line[] = await measure(
      {
        name: 'rating, pure',
        size: 1_000_000,
        run: (size) => timed(size, rate),
        baselines: [
          {
            name: 'JSON.parse',
            run: (size) =>
              timed(size, (count) => {
                for (let n = 0; n < count; n++) JSON.parse(statuses[n % statuses.length] as string);
              }),
          },
        ],
      },
      rounds,
      share,
    );
    const pure = Math.max(
      ...lines.map((line) =>
        (line.data as { product: Measured[] }).product.reduce((best, m) => Math.max(best, m.perSecond), 0),
      ),
    );
    for (const line of lines) Object.assign(line, { goal: '≥ 1,000,000/s', met: pure >= 1_000_000 });
    say('rating, ten million replayed …');
    // Flat is what does not grow with the count: by the first tenth the process has the heap that it works with.
    const tenth = Math.round((REPLAYED * share) / 10);
    replay(tenth);
    const before = process.memoryUsage().rss;
    const run = await timed(9 * tenth, (size) => replay(size, tenth));
    const grew = (process.memoryUsage().rss - before) / 1_048_576;
    lines.push({
      figure: 'rating, a month replayed',
      measured: `${Math.round(run.perSecond).toLocaleString('en')}/s, grew ${grew.toFixed(0)} MB`,
      baseline: '',
      ratio: '',
      goal: '≤ 100 MB',
      met: grew <= 100,
      data: { perSecond: run.perSecond, grewMb: grew },
    });
    return lines;
  },
};
