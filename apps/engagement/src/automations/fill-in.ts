import type { EventData } from '../shop-events/shop-event.js';
import { eventValue } from './event-value.js';

const FIELD = /\{\{\s*([\w.]{1,100})\s*(?:\|([^{}]*))?\}\}/g;

/** A text asks for something that the event does not tell and that has nothing to stand in for it. */
export class MissingValueError extends Error {
  override name = 'MissingValueError';
  constructor(readonly field: string) {
    super(`the event says nothing of ${field}`);
  }
}

/** The names that a text asks for. */
export const fieldsIn = (text: string): string[] => [...text.matchAll(FIELD)].map(([, field]) => field as string);

/**
 * Writes values into a text: `{{field}}`, or `{{field|what stands there without it}}`. A value is never read as a text with
 * fields of its own.
 *
 * @throws MissingValueError
 */
export const fillIn = (text: string, data: EventData): string =>
  text.replace(FIELD, (_, field: string, fallback: string | undefined) => {
    const value = eventValue(data, field) ?? fallback;
    if (value === undefined) throw new MissingValueError(field);
    return String(value);
  });
