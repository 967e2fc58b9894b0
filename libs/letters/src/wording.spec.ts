import fc from 'fast-check';
import { BUILT_IN } from './built-in-wordings.js';
import { LETTER_KINDS, LETTER_LANGUAGES, PLACEHOLDERS } from './letter-kinds.js';
import { fillWording, judgeWording, placeholdersOf, sampleOf } from './wording.js';

describe('the words of a letter', () => {
  it('that come with the house may be used, in every language, and leave nothing open', () => {
    for (const language of LETTER_LANGUAGES) {
      for (const kind of LETTER_KINDS) {
        const wording = BUILT_IN[language][kind];
        expect({ language, kind, problems: judgeWording(kind, wording) }).toEqual({ language, kind, problems: [] });
        expect(JSON.stringify(sampleOf(wording))).not.toMatch(/\{\{|\}\}|undefined/);
      }
    }
  });

  it.each([
    ['lack what the letter is for', { subject: 'Hello', text: 'Open the link.' }, 1],
    ['name what the letter does not have', { subject: 'Hello', text: '{{link}} {{password}}' }, 1],
    ['name what staff said in a letter without', { subject: 'Hello', text: '{{link}} {{said}}' }, 1],
    ['put a link into the subject', { subject: '{{link}}', text: '{{link}}' }, 1],
    ['misspell a placeholder', { subject: 'Hello', text: '{{link}} {{ provider }}' }, 1],
    ['leave braces open', { subject: '{{provider', text: '{{link}}' }, 1],
    ['are well', { subject: '{{provider}}', text: '{{link}}\n{{provider}}' }, 0],
  ])('are judged when they %s', (_, wording, problems) => {
    expect(judgeWording('confirm-email', wording)).toHaveLength(problems);
  });

  it('are filled in once: what a merchant calls itself is no placeholder', () => {
    const names = Object.keys(PLACEHOLDERS).map((name) => `{{${name}}}`);
    const value = fc.oneof(fc.string(), fc.constantFrom(...names));
    fc.assert(
      fc.property(fc.constantFrom(...LETTER_KINDS), value, value, (kind, name, said) => {
        const text = placeholdersOf(kind)
          .map((p) => `<{{${p}}}>`)
          .join('');
        const filled = fillWording({ subject: '{{name}}', text }, { name, said });
        expect(filled.subject).toBe(name);
        if (placeholdersOf(kind).includes('said')) expect(filled.text).toContain(`<${said}>`);
      }),
    );
  });
});
