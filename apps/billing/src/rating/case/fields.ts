import { type Decimal, parseDecimal } from '#libs/money';

/** Thrown for a case that breaks the format `pricing-case/1`. The message names the event, the line or the field. */
export class InvalidCase extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCase';
  }
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:Z|([+-])(\d{2}):?(\d{2})?)$/i;
/** The last instant a Date can hold. */
const LAST_INSTANT = 8.64e15;

/**
 * An instant in ms since 1970: ISO 8601 with `Z` or an offset, or unix seconds as integer or digit string.
 * Fractions finer than a millisecond are cut off.
 */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? inRange(value * 1000) : undefined;
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return inRange(Number(value) * 1000);
  const found = ISO.exec(value);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, hours = '0', minutes = '0'] = found;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  date.setUTCHours(parts[3], parts[4], parts[5]);
  const back = [date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  // A date that does not exist rolls over to one that does; so does an hour 24 or a second 60.
  if (back.some((part, i) => part !== parts[i + 1]) || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return date.getTime() + Number(fraction.padEnd(3, '0').slice(0, 3)) - (sign ? offset : 0);
}

const inRange = (ms: number): number | undefined => (ms <= LAST_INSTANT ? ms : undefined);

/** Reads the fields of one JSON object and names what is wrong with them. `null` counts as absent. */
export class Fields {
  readonly #object: Record<string, unknown>;

  /** @throws InvalidCase unless `value` is an object */
  constructor(
    value: unknown,
    readonly where: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidCase(`${where} must be an object`);
    }
    this.#object = value as Record<string, unknown>;
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  fail(name: string, problem: string): never {
    throw new InvalidCase(`${this.where}: ${name} ${problem}`);
  }

  /** Refuses every field that is not named: a misspelt counter would silently change a bill. */
  only(...names: string[]): this {
    for (const name of Object.keys(this.#object)) if (!names.includes(name)) this.fail(name, 'is no known field');
    return this;
  }

  /** A field that must be there, read by `read`. */
  need<T>(name: string, read: (value: unknown) => T | undefined, wanted: string): T {
    const value = this.raw(name);
    if (value === undefined) this.fail(name, 'is missing');
    return read(value) ?? this.fail(name, `must be ${wanted}`);
  }

  /** A field that may be absent. */
  may<T>(name: string, read: (value: unknown) => T | undefined, wanted: string): T | undefined {
    return this.raw(name) === undefined ? undefined : this.need(name, read, wanted);
  }

  needString(name: string): string {
    return this.need(name, asString, 'a string');
  }
  mayString(name: string): string | undefined {
    return this.may(name, asString, 'a string');
  }
  needInstant(name: string): number {
    return this.need(name, instantOf, 'an instant');
  }
  mayInstant(name: string): number | undefined {
    return this.may(name, instantOf, 'an instant');
  }
  needCount(name: string): number {
    return this.need(name, asCount, 'a whole number of 0 or more');
  }
  needMonth(name: string): string {
    return this.need(name, asMonth, 'a month YYYY-MM');
  }
  mayBoolean(name: string): boolean | undefined {
    return this.may(name, asBoolean, 'true or false');
  }
  mayDecimal(name: string): Decimal | undefined {
    return this.may(name, asDecimal, 'a decimal string such as "0.0625"');
  }
  needDecimal(name: string): Decimal {
    return this.need(name, asDecimal, 'a decimal string such as "0.0625"');
  }

  /** A list that may be absent; each entry comes with the words that name it. */
  list(name: string): { value: unknown; where: string }[] {
    const values = this.may(name, (value) => (Array.isArray(value) ? value : undefined), 'an array') ?? [];
    return values.map((value, i) => ({ value, where: `${this.where}.${name}[${i}]` }));
  }

  /** A list of strings that may be absent. */
  strings(name: string): string[] {
    return this.list(name).map(({ value }) => asString(value) ?? this.fail(name, 'must be an array of strings'));
  }
}

export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asMonth = (value: unknown): string | undefined =>
  typeof value === 'string' && MONTH.test(value) ? value : undefined;
const asBoolean = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
export function asDecimal(value: unknown): Decimal | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? parseDecimal(value) : undefined;
}
