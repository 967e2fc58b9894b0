import { type ConsentState, type HeldConsent, isYetToCome, PURPOSES, type Purpose } from '#libs/consent';
import { isInstant } from '#libs/http';

const FIELDS = ['consent', 'consent_at', 'consent_source', 'consent_wording'] as const;
type Field = (typeof FIELDS)[number];

/** What a column says of one purpose: `consent:marketing`, `consent_at:marketing` … No key of an attribute has a colon. */
export type ConsentColumn = `${Field}:${Purpose}`;

/** In the order in which an export writes them. */
export const CONSENT_COLUMNS: readonly ConsentColumn[] = PURPOSES.flatMap((purpose) =>
  FIELDS.map((field): ConsentColumn => `${field}:${purpose}`),
);
export const isConsentColumn = (name: string): name is ConsentColumn => CONSENT_COLUMNS.includes(name as ConsentColumn);

/** What a row says of one purpose, with the time from which it counts. */
export interface SaidInRow {
  purpose: Purpose;
  state: ConsentState;
  /** ISO 8601. */
  at: string;
  /** Where whoever wrote the file has it from. */
  source?: string | undefined;
  wording?: string | undefined;
}

const LONGEST_SOURCE = 100;
const LONGEST_WORDING = 2_000;
const WORDS: Readonly<Record<string, ConsentState>> = {
  yes: 'granted',
  true: 'granted',
  '1': 'granted',
  si: 'granted',
  sí: 'granted',
  sim: 'granted',
  granted: 'granted',
  no: 'withdrawn',
  false: 'withdrawn',
  '0': 'withdrawn',
  não: 'withdrawn',
  nao: 'withdrawn',
  withdrawn: 'withdrawn',
};

/** Yes or no, in the languages of our merchants. */
export const readYesOrNo = (word: string): ConsentState | undefined =>
  Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;

/** Why the columns of a file cannot be taken together; undefined when they can. */
export function consentColumnsProblem(
  targets: readonly string[],
  ofAll: { purpose: Purpose } | undefined,
): string | undefined {
  for (const purpose of PURPOSES.filter((one) => targets.includes(`consent:${one}`))) {
    if (!targets.includes(`consent_at:${purpose}`)) {
      return `consent:${purpose} needs a column consent_at:${purpose}, for the later word holds`;
    }
    if (ofAll?.purpose === purpose) {
      return `consent:${purpose} says what each customer agreed to; leave consent_purpose out, or let columns say that the column is "ignore"`;
    }
  }
  return undefined;
}

/**
 * What a row says of consent, purpose by purpose. It counts from its own time, so an opt-out that came later holds whatever a file
 * says.
 */
export function readConsents(
  cells: ReadonlyMap<ConsentColumn, string>,
  now: Date,
): { said: SaidInRow[] } | { reason: string } {
  const said: SaidInRow[] = [];
  for (const purpose of PURPOSES) {
    const word = cells.get(`consent:${purpose}`);
    if (word === undefined) continue;
    const state = word.toLowerCase() === 'asked' ? 'asked' : readYesOrNo(word);
    if (!state) return { reason: `consent:${purpose} "${word.slice(0, 40)}" is not granted, withdrawn or asked` };
    const at = cells.get(`consent_at:${purpose}`);
    if (at === undefined) return { reason: `consent_at:${purpose} is empty, so nobody knows what came later` };
    if (!isInstant(at)) {
      return { reason: `consent_at:${purpose} "${at.slice(0, 40)}" must be a day or a time with its zone` };
    }
    if (isYetToCome(new Date(at), now)) return { reason: `consent_at:${purpose} "${at.slice(0, 40)}" is yet to come` };
    const source = cells.get(`consent_source:${purpose}`);
    const wording = cells.get(`consent_wording:${purpose}`);
    if ((source?.length ?? 0) > LONGEST_SOURCE) {
      return { reason: `consent_source:${purpose} has more than ${LONGEST_SOURCE} characters` };
    }
    if ((wording?.length ?? 0) > LONGEST_WORDING) {
      return { reason: `consent_wording:${purpose} has more than ${LONGEST_WORDING} characters` };
    }
    said.push({ purpose, state, at: new Date(at).toISOString(), source, wording });
  }
  return { said };
}

/** What holds for a contact, in the order of `CONSENT_COLUMNS`. */
export const consentCells = (held: ReadonlyMap<Purpose, HeldConsent> | undefined): (string | undefined)[] =>
  PURPOSES.flatMap((purpose) => {
    const one = held?.get(purpose);
    return [one?.state, one?.at.toISOString(), one?.source, one?.wording ?? undefined];
  });
