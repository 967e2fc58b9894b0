import { ValidateBy } from 'class-validator';

// Control characters and line separators end a header or a row of a file for whoever reads it next; the marks that turn
// the direction of writing round (UAX 9) make a name read as another one.
const NOT_OF_A_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Whether a value is one line of writing, as names and titles are, and not blank. */
export const isLine = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && !NOT_OF_A_LINE.test(value);

/** A field of a request that is a name or a title: one line with something on it. */
export const IsLine = (): PropertyDecorator =>
  ValidateBy({
    name: 'isLine',
    validator: {
      validate: isLine,
      defaultMessage: (args) => `${args?.property} must be one line of text, and not blank`,
    },
  });
