import type { RefusalCode } from '#libs/error-catalogue';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type MessageRefusal = Extract<RefusalCode, 'invalid_parameter' | 'missing_parameter' | 'invalid_value'>;

/** What is wrong with a message, each with its place. */
export interface Problem {
  refusal: MessageRefusal;
  /** Such as `interactive.action.buttons[0].reply.title`. */
  at: string;
  says: string;
}

/** Length as a person counts: an emoji is one character. */
const lengthOf = (text: string): number => (text.length > 0 ? [...text].length : 0);

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;

/** Collects problems while a message is walked through; what it does not look at passes. */
export class Problems {
  readonly list: Problem[] = [];

  missing(at: string, says = 'is required'): void {
    this.list.push({ refusal: 'missing_parameter', at, says });
  }
  invalid(at: string, says: string): void {
    this.list.push({ refusal: 'invalid_value', at, says });
  }

  /** What Meta refuses with its code for "unsupported, misspelled or too long" (errors page of 2025-12-12: 100). */
  unfit(at: string, says: string): void {
    this.list.push({ refusal: 'invalid_parameter', at, says });
  }

  /** A text of at most `most` characters; absent ones are reported unless `optional`. */
  text(value: unknown, at: string, most: number, optional?: 'optional'): void {
    if (value === undefined || value === null || value === '') {
      if (!optional) this.missing(at);
    } else if (typeof value !== 'string') this.invalid(at, 'must be text');
    else if (value.length > most && lengthOf(value) > most) {
      this.unfit(at, `has ${lengthOf(value)} characters; at most ${most} are allowed`);
    }
  }

  /** One of some words; absent ones are reported unless `optional`. */
  word(value: unknown, at: string, words: readonly string[], optional?: 'optional'): void {
    if (value === undefined || value === null || value === '') {
      if (!optional) this.missing(at, `is required: ${oneOf(words)}`);
    } else if (typeof value !== 'string' || !words.includes(value)) this.invalid(at, `must be ${oneOf(words)}`);
  }

  /** An object; reports and returns nothing of it otherwise. */
  object(value: unknown, at: string): Fields | undefined {
    if (isFields(value)) return value;
    if (value === undefined || value === null) this.missing(at);
    else this.invalid(at, 'must be an object');
    return undefined;
  }

  /** A list with `least` to `most` items; reports and returns no items otherwise. */
  items(value: unknown, at: string, least: number, most: number): readonly unknown[] {
    if (value === undefined || value === null) this.missing(at);
    else if (!Array.isArray(value)) this.invalid(at, 'must be an array');
    else if (value.length < least || value.length > most) {
      this.invalid(at, `has ${value.length} items; ${least} to ${most} are allowed`);
    } else return value;
    return [];
  }
}
