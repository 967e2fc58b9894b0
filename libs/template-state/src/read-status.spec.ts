import {
  isTemplateLanguage,
  normaliseLanguage,
  parseCategory,
  pauseHours,
  readTemplateStatus,
  TEMPLATE_LANGUAGES,
} from './index.js';

describe('Meta’s words about a template', () => {
  it.each([
    ['APPROVED', 'approved'],
    ['REINSTATED', 'approved'],
    ['FLAGGED', 'flagged'],
    ['PENDING', 'pending'],
    ['REJECTED', 'rejected'],
    ['IN_APPEAL', 'in_appeal'],
    ['PAUSED', 'paused'],
    ['DISABLED', 'disabled'],
    ['LIMIT_EXCEEDED', 'limit_exceeded'],
    ['ARCHIVED', 'archived'],
    ['PENDING_DELETION', 'pending_deletion'],
    ['DELETED', 'deleted'],
    ['approved', 'approved'],
  ])('%s is %s', (word, state) => {
    expect(readTemplateStatus(word)).toEqual({ kind: 'state', state });
  });

  it('LOCKED changes no state', () => {
    expect(readTemplateStatus('LOCKED')).toEqual({ kind: 'locked' });
  });

  it('UNARCHIVED gives back the state before the archive', () => {
    expect(readTemplateStatus('UNARCHIVED', { state: 'archived', beforeArchive: 'paused' })).toEqual({
      kind: 'state',
      state: 'paused',
    });
    expect(readTemplateStatus('UNARCHIVED', { state: 'archived' })).toEqual({ kind: 'ask' });
    // The report of the archive itself may come later or never.
    expect(readTemplateStatus('UNARCHIVED', { state: 'approved' })).toEqual({ kind: 'state', state: 'approved' });
  });

  it('we do not know are kept as they are, not guessed', () => {
    expect(readTemplateStatus('toString')).toEqual({ kind: 'unlisted', word: 'toString' });
    expect(readTemplateStatus('NEW_THING')).toEqual({ kind: 'unlisted', word: 'NEW_THING' });
  });

  it('tell how long a pause lasts, where they do', () => {
    expect([pauseHours('FIRST_PAUSE'), pauseHours('SECOND_PAUSE'), pauseHours('RATE_LIMITING_PAUSE')]).toEqual([
      3,
      6,
      undefined,
    ]);
  });

  it('for languages are read with hyphen or underscore', () => {
    expect(['en-US', 'en_US', 'pt-br', 'FIL', 'xx-YY'].map(normaliseLanguage)).toEqual([
      'en_US',
      'en_US',
      'pt_BR',
      'fil',
      'xx_YY',
    ]);
    expect(isTemplateLanguage('en_US')).toBe(true);
    expect(isTemplateLanguage('en-US')).toBe(false);
    expect(new Set(TEMPLATE_LANGUAGES).size).toBe(TEMPLATE_LANGUAGES.length);
  });

  it('for categories are read in any case, and no others', () => {
    expect(['UTILITY', 'marketing', 'Authentication', 'OTP', undefined].map(parseCategory)).toEqual([
      'utility',
      'marketing',
      'authentication',
      undefined,
      undefined,
    ]);
  });
});
