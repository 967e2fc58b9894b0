import { isISO8601, ValidateBy } from 'class-validator';

// ISO 8601 has more forms (weeks, days of the year, without dashes) that JavaScript's Date cannot read, and a time without
// a zone would be another instant on every machine that reads it.
const READABLE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Whether a value is an instant as our APIs take it: a day (its midnight in UTC), or a time with its zone. */
export const isInstant = (value: unknown): boolean =>
  typeof value === 'string' &&
  READABLE.test(value) &&
  isISO8601(value, { strict: true }) &&
  !Number.isNaN(new Date(value).getTime());

/** A field of a request that `new Date(…)` reads the same everywhere. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: isInstant,
      defaultMessage: (args) =>
        `${args?.property} must be a day or a time with its zone, such as 2026-11-22 or 2026-11-22T10:00:00Z`,
    },
  });
