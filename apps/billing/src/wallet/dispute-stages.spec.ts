import fc from 'fast-check';
import { DISPUTE_STAGES, type DisputeStage, isNews, type ToldOfDispute } from './dispute-stages.js';

const stages = Object.keys(DISPUTE_STAGES) as DisputeStage[];
const at = (second: number) => new Date(second * 1_000);

describe('a dispute', () => {
  it('ends at the last word, in whatever order and however often it is told', () => {
    const word = fc.record({ stage: fc.constantFrom(...stages), second: fc.integer({ min: 0, max: 1_000 }) });
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { selector: (w) => w.second, minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (words, picks) => {
          const told = [...words, ...words].map((w): ToldOfDispute => ({ stage: w.stage, toldAt: at(w.second) }));
          let known = told.splice((picks.next().value as number) % told.length, 1)[0] as ToldOfDispute;
          while (told.length > 0) {
            const next = told.splice((picks.next().value as number) % told.length, 1)[0] as ToldOfDispute;
            if (isNews(known, next)) known = next;
          }
          const last = [...words].sort((a, b) => b.second - a.second)[0];
          expect(known.stage).toBe(last?.stage);
        },
      ),
    );
  });

  it('that is over in the second in which it was opened is over', () => {
    expect(isNews({ stage: 'open', toldAt: at(5) }, { stage: 'won', toldAt: at(5) })).toBe(true);
    expect(isNews({ stage: 'won', toldAt: at(5) }, { stage: 'open', toldAt: at(5) })).toBe(false);
  });
});
