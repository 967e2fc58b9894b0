import { reasonToPause, type StandingNow } from './reason-to-pause.js';

const stop = { percent: 20, atLeast: 10 };
const well: StandingNow = {
  states: { t: 'approved' },
  templates: { t: { category: 'marketing', quality: 'GREEN' } },
  numbers: { n: 'GREEN' },
  failed: 0,
  delivered: 0,
};
const when = (now: Partial<StandingNow>, then: Partial<StandingNow> = {}) =>
  reasonToPause({ ...well, ...then }, { ...well, ...now }, stop)?.cause;

describe('a running campaign', () => {
  it('goes on while nothing is worse', () => expect(when({})).toBeUndefined());

  it.each<[string, Partial<StandingNow>, string]>([
    ['the template is paused', { states: { t: 'paused' } }, 'template_state'],
    ['the template is gone', { states: { t: 'missing' } }, 'template_state'],
    ['Meta changes the category', { templates: { t: { category: 'utility', quality: 'GREEN' } } }, 'category_change'],
    ['the template’s quality is red', { templates: { t: { category: 'marketing', quality: 'RED' } } }, 'quality'],
    ['the number’s quality is red', { numbers: { n: 'RED' } }, 'quality'],
    ['too many fail', { failed: 3, delivered: 8 }, 'failure_rate'],
  ])('pauses when %s', (_, now, cause) => expect(when(now)).toBe(cause));

  it('is warned by yellow, not stopped', () => expect(when({ numbers: { n: 'YELLOW' } })).toBeUndefined());

  it('does not stop twice for what was accepted by resuming it', () => {
    const red = { numbers: { n: 'RED' }, failed: 30, delivered: 10 };
    expect(when(red, red)).toBeUndefined();
    expect(when({ ...red, failed: 40 }, red)).toBe('failure_rate');
  });
});
