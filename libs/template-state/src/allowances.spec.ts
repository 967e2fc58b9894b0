import fc from 'fast-check';
import { mayCreate, mayEdit, parseQuality, readCategoryUpdate, templateCap } from './index.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date('2026-03-31T12:00:00Z');
const ago = (ms: number) => new Date(now.getTime() - ms);

describe('how often a template may be edited', () => {
  it('is once in 24 hours while it is approved', () => {
    expect(mayEdit('approved', [], now)).toEqual({ allowed: true });
    expect(mayEdit('approved', [ago(DAY)], now)).toEqual({ allowed: true });
    expect(mayEdit('approved', [ago(DAY - 1)], now)).toEqual({
      allowed: false,
      why: 'too_many',
      retryAt: new Date(now.getTime() + 1),
    });
  });

  it('is ten times in 30 days while it is approved', () => {
    const ten = Array.from({ length: 10 }, (_, i) => ago((i + 2) * DAY));
    expect(mayEdit('approved', ten.slice(1), now)).toEqual({ allowed: true });
    expect(mayEdit('flagged', ten, now)).toEqual({
      allowed: false,
      why: 'too_many',
      retryAt: new Date(now.getTime() + 19 * DAY),
    });
  });

  it('is as often as wanted while it is rejected or paused, and never in other states', () => {
    const many = Array.from({ length: 50 }, () => ago(HOUR));
    expect(mayEdit('rejected', many, now)).toEqual({ allowed: true });
    expect(mayEdit('paused', many, now)).toEqual({ allowed: true });
    expect(mayEdit('pending', [], now)).toEqual({ allowed: false, why: 'state' });
    expect(mayEdit('disabled', [], now)).toEqual({ allowed: false, why: 'state' });
  });

  it('is told with a time at which it is allowed, and not a moment before', () => {
    const edits = fc.array(fc.nat({ max: 40 * DAY }), { maxLength: 15 }).map((list) => list.map(ago));
    fc.assert(
      fc.property(edits, (list) => {
        const verdict = mayEdit('approved', list, now);
        if (verdict.allowed) return;
        expect(mayEdit('approved', list, verdict.retryAt!).allowed).toBe(true);
        expect(mayEdit('approved', list, new Date(verdict.retryAt!.getTime() - 1)).allowed).toBe(false);
      }),
    );
  });
});

describe('how many templates there may be', () => {
  it('is a hundred new ones an hour', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => ago(i * 1_000));
    expect(mayCreate(hundred.slice(1), now).allowed).toBe(true);
    expect(mayCreate(hundred, now)).toMatchObject({ allowed: false, retryAt: new Date(now.getTime() + HOUR - 99_000) });
  });

  it('is more for a verified business with an approved name', () => {
    expect(templateCap({ verified: true, approvedDisplayName: true })).toBe(6_000);
    expect(templateCap({ verified: true, approvedDisplayName: false })).toBe(250);
  });
});

describe('news about a template’s category', () => {
  it('before the change names the category still in force as the new one', () => {
    const value = { new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1767312000 };
    expect(readCategoryUpdate(value)).toEqual({
      kind: 'impending',
      current: 'utility',
      to: 'marketing',
      at: new Date('2026-01-02T00:00:00Z'),
    });
  });

  it('after the change names both', () => {
    expect(readCategoryUpdate({ previous_category: 'UTILITY', new_category: 'MARKETING' })).toEqual({
      kind: 'done',
      previous: 'utility',
      current: 'marketing',
    });
  });

  it('that names what was and what is correct speaks of a change that happened', () => {
    const value = { previous_category: 'UTILITY', new_category: 'MARKETING', correct_category: 'MARKETING' };
    expect(readCategoryUpdate(value)).toMatchObject({ kind: 'done', current: 'marketing' });
  });

  it('is never guessed', () => {
    for (const value of [null, {}, { new_category: 'OTP' }, { new_category: 'UTILITY', correct_category: 'X' }]) {
      expect(readCategoryUpdate(value)).toEqual({ kind: 'unreadable' });
    }
    expect(['GREEN', 'red', 'UNKNOWN', 'BLUE', 3].map(parseQuality)).toEqual([
      'green',
      'red',
      'unknown',
      undefined,
      undefined,
    ]);
  });
});
