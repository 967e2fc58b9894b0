import { LETTERS, type LetterKind, PLACEHOLDERS, type Placeholder, type Wording } from './letter-kinds.js';

const OPEN = /\{\{(\w+)\}\}/g;
/** What has more than one line, or is long, is of no use in a subject. */
const NOT_OF_A_SUBJECT: readonly string[] = ['link', 'said'] satisfies Placeholder[];

const named = (text: string): string[] => [...text.matchAll(OPEN)].map(([, name]) => name as string);
const placeholder = (name: string): string => `{{${name}}}`;

/** The placeholders that a letter's words may hold. */
export const placeholdersOf = (kind: LetterKind): Placeholder[] => [...LETTERS[kind].needs, ...LETTERS[kind].may];

/** What is wrong with the words of a letter, for people; empty when they may be used. */
export function judgeWording(kind: LetterKind, { subject, text }: Wording): string[] {
  const known: readonly string[] = placeholdersOf(kind);
  const problems: string[] = [];
  for (const name of new Set([...named(subject), ...named(text)])) {
    if (!known.includes(name)) problems.push(`This letter has no ${placeholder(name)}.`);
  }
  for (const name of named(subject).filter((name) => NOT_OF_A_SUBJECT.includes(name))) {
    problems.push(`${placeholder(name)} cannot stand in the subject.`);
  }
  for (const name of LETTERS[kind].needs) {
    if (!named(text).includes(name))
      problems.push(`The text must hold ${placeholder(name)}: ${PLACEHOLDERS[name].means}.`);
  }
  if (/\{\{|\}\}/.test(`${subject}${text}`.replace(OPEN, ''))) {
    problems.push('There are {{ or }} that belong to no placeholder.');
  }
  return problems;
}

/**
 * Fills in what the words leave open. What is filled in is not read for placeholders again.
 *
 * @param values a placeholder without a value is left empty
 */
export function fillWording(wording: Wording, values: Readonly<Partial<Record<Placeholder, string>>>): Wording {
  const fill = (text: string) => text.replace(OPEN, (_, name: Placeholder) => values[name] ?? '');
  return { subject: fill(wording.subject), text: fill(wording.text) };
}

/** How a letter would read, with made-up values. */
export const sampleOf = (wording: Wording): Wording =>
  fillWording(wording, Object.fromEntries(Object.entries(PLACEHOLDERS).map(([name, { sample }]) => [name, sample])));
