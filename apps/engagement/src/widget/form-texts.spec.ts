import { wishIn } from '#libs/consent';
import { FORM_LANGUAGES, textsOf } from './form-texts.js';

describe('what a visitor of a shop reads', () => {
  it.each(FORM_LANGUAGES)('begins the chat in %s with words that are consent', (language) => {
    expect(wishIn(textsOf({})[language].greeting)).toBe('offers');
  });

  it.each(FORM_LANGUAGES)('names in %s a word that ends it, and the word does', (language) => {
    const word = textsOf({})[language].wording.match(/\b[A-Z]{4,}\b/)?.[0];
    expect(wishIn(word ?? '')).toBe('stop');
  });

  it('is in the merchant’s own words where it has some', () => {
    expect(textsOf({ es: { title: 'Club Ana' } }).es).toMatchObject({ title: 'Club Ana', button: 'Quiero recibirlas' });
  });
});
