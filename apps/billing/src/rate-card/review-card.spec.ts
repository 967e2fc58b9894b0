import type { RateRow } from './rate-card.js';
import { readCard } from './read-card.js';
import { reviewCard } from './review-card.js';

const card = (csv: string, cardDate = '2027-01-01'): RateRow[] => {
  const read = readCard({ cardDate, currency: 'USD', source: 'test', csv: `market,category,price\n${csv}` });
  if ('problems' in read) throw new Error(read.problems.join());
  return read.rows;
};
const facts = { cardDate: '2027-01-01', announcedOn: '2026-12-01', today: '2026-12-02', leftBehind: [] };
const BEFORE = card(
  'Mexico,marketing,0.0397\nMexico,utility,0.0085\nMexico,authentication,0.0085\nMexico,service,0.0085\nOther,marketing,0.0604',
  '2026-10-01',
);

describe('a rate card that staff hand in', () => {
  it('is refused with all that is wrong, line by line', () => {
    const csv =
      'market,category,price\nAtlantis,marketing,0.01\nMexico,promo,0.01\nMexico,utility,cheap\nMexico,service,0.1\nMexico,service,0.2\n';
    expect(readCard({ cardDate: '2027-01-01', currency: 'USD', source: 'x', csv })).toEqual({
      problems: [
        'line 2: Atlantis is no market',
        'line 3: promo is no category',
        'line 4: cheap is no price such as 0.0260',
        'line 6: Mexico, service is priced twice',
      ],
    });
    expect(readCard({ cardDate: '2027-01-01', currency: 'USD', source: 'x', csv: 'market,category,price\n' })).toEqual({
      problems: ['the file has no rows'],
    });
  });

  it('shows what it changes, and is silent where it changes nothing', () => {
    const review = reviewCard(
      BEFORE.map((r) => ({ ...r, price: r.market === 'Other' ? '0.06040' : r.price })),
      BEFORE,
      facts,
    );
    expect(review).toEqual({ before: '2026-10-01', changes: [], warnings: [] });
  });

  it('names prices that vanish, jump, or break what has always held', () => {
    const review = reviewCard(
      card(
        'Mexico,marketing,0.0596\nMexico,utility,0.0085\nMexico,authentication,0.0090\nMexico,service,0.0128\nPeru,marketing,0.07',
      ),
      BEFORE,
      facts,
    );
    expect(review.changes).toContainEqual({ market: 'Other', category: 'marketing', from: '0.0604', to: null });
    expect(review.changes).toContainEqual({ market: 'Peru', category: 'marketing', from: null, to: '0.07' });
    expect(review.warnings).toEqual([
      'Other, marketing: the card in force has a price, this has none',
      'Mexico, marketing: from 0.0397 to 0.0596 is a change by more than 50 %',
      'Mexico, service: from 0.0085 to 0.0128 is a change by more than 50 %',
      'Mexico: authentication at 0.0090 differs from utility at 0.0085',
      'Mexico: service at 0.0128 differs from utility at 0.0085',
    ]);
  });

  it('is looked at for its dates and for the currencies it leaves without a price', () => {
    const { warnings } = reviewCard(BEFORE, BEFORE, {
      cardDate: '2026-12-15',
      announcedOn: '2026-12-01',
      today: '2026-12-20',
      leftBehind: ['EUR', 'INR'],
    });
    expect(warnings).toEqual([
      'Meta changes prices on the first of January, April, July and October',
      'the card is in force already: what was charged since stays as it is',
      'Meta gives a month of notice; this is less',
      'no card of this date for EUR, INR: messages in these currencies will wait for a price',
    ]);
  });
});
