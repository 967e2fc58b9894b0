export const LETTER_LANGUAGES = ['en', 'es', 'pt'] as const;
export type LetterLanguage = (typeof LETTER_LANGUAGES)[number];

/** What a wording may leave open; it is filled in as it is, since letters are plain text. */
export const PLACEHOLDERS = {
  provider: { means: 'what merchants know the provider by', sample: 'Paloma' },
  name: { means: 'the company', sample: 'Flores & Té' },
  link: { means: 'where the letter leads', sample: 'https://onboarding.example.com/account/confirm?lang=en#sample' },
  date: { means: 'when something ends', sample: 'December 24, 2026 at 9:00 AM UTC' },
  said: { means: 'what staff wrote', sample: 'Please send a better scan of the registration.' },
} as const;
export type Placeholder = keyof typeof PLACEHOLDERS;

interface Kind {
  readonly means: string;
  /** Without these the letter would be of no use. */
  readonly needs: readonly Placeholder[];
  readonly may: readonly Placeholder[];
}

const ANY: readonly Placeholder[] = ['provider'];
const OF_COMPANY: readonly Placeholder[] = ['provider', 'name'];

/** Every letter to merchants: when it is sent, and what its words must and may name. */
export const LETTERS = {
  'confirm-email': { means: 'an account was made', needs: ['link'], may: ANY },
  'reset-password': { means: 'a new password was asked for', needs: ['link'], may: ANY },
  'password-changed': { means: 'a password was changed', needs: ['link'], may: ANY },
  invitation: { means: 'somebody is invited to work for a company', needs: ['link'], may: OF_COMPANY },
  'application-received': { means: 'an application was received', needs: ['link'], may: OF_COMPANY },
  'application-question': { means: 'staff have a question', needs: ['said', 'link'], may: OF_COMPANY },
  'application-approved': { means: 'an application was approved', needs: ['link'], may: OF_COMPANY },
  'application-declined': { means: 'an application was declined', needs: ['said'], may: OF_COMPANY },
  'account-closing': { means: 'an account is going to be closed', needs: ['date', 'link'], may: OF_COMPANY },
  'account-closing-undone': { means: 'an account stays after all', needs: [], may: OF_COMPANY },
} as const satisfies Record<string, Kind>;
export type LetterKind = keyof typeof LETTERS;

export const LETTER_KINDS = Object.keys(LETTERS) as LetterKind[];
export const isLetterKind = (text: string): text is LetterKind => Object.hasOwn(LETTERS, text);
export const isLetterLanguage = (text: string): text is LetterLanguage => LETTER_LANGUAGES.some((l) => l === text);

/** Subject and text with `{{placeholders}}`. */
export interface Wording {
  subject: string;
  text: string;
}
