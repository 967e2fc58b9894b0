import { languageFor } from './language.js';

describe('the language of an answer', () => {
  it.each([
    ['pt', 'es', 'pt'],
    ['PT-br', undefined, 'pt'],
    ['fr', 'es-MX,es;q=0.9,en;q=0.8', 'es'],
    [undefined, 'fr-FR, pt;q=0.5, es;q=0.7', 'es'],
    [undefined, 'de,en;q=0', 'en'],
    [undefined, '*', 'en'],
    [undefined, ';;q=x,,', 'en'],
    [undefined, undefined, 'en'],
  ] as const)('asked for %s with %s is %s', (asked, header, expected) => {
    expect(languageFor(asked, header)).toBe(expected);
  });
});
