export { BUILT_IN } from './built-in-wordings.js';
export {
  isLetterKind,
  isLetterLanguage,
  LETTER_KINDS,
  LETTER_LANGUAGES,
  LETTERS,
  type LetterKind,
  type LetterLanguage,
  PLACEHOLDERS,
  type Placeholder,
  type Wording,
} from './letter-kinds.js';
export { fillWording, judgeWording, placeholdersOf, sampleOf } from './wording.js';
