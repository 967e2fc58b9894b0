import fc from 'fast-check';
import { freeEntryAt, freeEntryRuleAt, opensWindow, windowAt } from './index.js';

const at = (iso: string) => new Date(iso);

describe('the customer service window', () => {
  const wrote = at('2026-03-01T12:00:00.000Z');

  it('is open from the very instant the customer wrote', () => {
    expect(windowAt(wrote, wrote)).toEqual({ open: true, endsAt: at('2026-03-02T12:00:00.000Z') });
  });

  it('is open a millisecond before 24 hours are over and closed at that very instant', () => {
    expect(windowAt(wrote, at('2026-03-02T11:59:59.999Z')).open).toBe(true);
    expect(windowAt(wrote, at('2026-03-02T12:00:00.000Z'))).toEqual({
      open: false,
      endsAt: at('2026-03-02T12:00:00.000Z'),
    });
  });

  it('was never open for a customer who never wrote', () => {
    expect(windowAt(undefined, wrote)).toEqual({ open: false });
  });

  it('lasts 24 hours by the clock of the world, also when the local clock changes', () => {
    expect(windowAt(at('2026-03-28T12:00:00+01:00'), at('2026-03-29T12:30:00+02:00')).open).toBe(true);
  });

  it('is open for a message that Meta dates a little into our future', () => {
    expect(windowAt(at('2026-03-01T12:00:02Z'), wrote).open).toBe(true);
  });

  it('never closes earlier because the customer wrote again', () => {
    const instant = fc.date({ min: at('2022-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, instant, instant, (first, second, now) => {
        const [earlier, later] = first <= second ? [first, second] : [second, first];
        if (windowAt(earlier, now).open) expect(windowAt(later, now).open).toBe(true);
      }),
    );
  });

  it('is opened by what the customer says, not by news about the customer', () => {
    expect(['text', 'image', 'reaction', 'button', 'unsupported', 'something_new'].every(opensWindow)).toBe(true);
    expect(['system', 'request_welcome', 'edit', 'revoke'].some(opensWindow)).toBe(false);
  });
});

describe('the free entry point', () => {
  it.each([
    ['2022-01-31', undefined],
    ['2022-02-01', 24],
    ['2023-02-28', 24],
    ['2023-03-01', 72],
    ['2026-09-30', 72],
    ['2026-10-01', 168],
  ])('on %s lasts at most %s hours', (day, hours) => {
    expect(freeEntryRuleAt(day)?.hours).toBe(hours);
  });

  it('is Meta’s to end since October 2026', () => {
    expect(freeEntryRuleAt('2026-09-30')?.computable).toBe(true);
    expect(freeEntryRuleAt('2026-10-01')?.computable).toBe(false);
  });

  it('lasts from the delivery of an answer within a day, under the rule of the day on which it was entered', () => {
    const entered = at('2026-09-30T20:00:00Z');
    const entry = freeEntryAt('2026-09-30', entered);
    expect(entry?.answerBy).toEqual(at('2026-10-01T20:00:00Z'));
    expect(entry?.endsAt(at('2026-10-01T10:00:00Z'))).toEqual(at('2026-10-04T10:00:00Z'));
    expect(entry?.certain).toBe(true);
    expect(freeEntryAt('2022-01-31', entered)).toBeUndefined();
  });
});
