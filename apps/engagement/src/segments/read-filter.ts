import { PURPOSES } from '#libs/consent';
import { type AttributeType, type AttributeTypes, type AttributeValue, readAttribute } from '#libs/contacts';
import { COMPARISONS, type Comparison, DEEDS, type Filter } from './filter.js';

type Fields = Record<string, unknown>;

const DEEPEST = 6;
const MOST_CONDITIONS = 100;
const MOST_VALUES = 200;
const LONGEST_DAYS = 3_650;
/** Reads are looked up in the messages of those days, so there is an end to them. */
const LONGEST_READ_DAYS = 90;

const ORDERED: readonly Comparison[] = ['equal', 'one_of', 'less', 'at_most', 'more', 'at_least', 'set'];
/** What each type of attribute can be compared by. */
const FIT: Readonly<Record<AttributeType, readonly Comparison[]>> = {
  text: ['equal', 'one_of', 'contains', 'begins', 'set'],
  number: ORDERED,
  date: ORDERED,
  instant: ORDERED,
  boolean: ['equal', 'set'],
};

/** Reads a filter as it came, with every value in the form in which it is kept; all that is wrong is named with its place. */
export function readFilter(given: unknown, types: AttributeTypes): { filter: Filter } | { problems: string[] } {
  const reader = new FilterReader(types);
  const filter = reader.read(given, 'filter', 1);
  return reader.problems.length === 0 ? { filter } : { problems: reader.problems };
}

class FilterReader {
  readonly problems: string[] = [];
  private conditions = 0;

  constructor(private readonly types: AttributeTypes) {}

  read(given: unknown, at: string, depth: number): Filter {
    if (!isFields(given)) return this.wrong(at, 'must be an object');
    if (depth > DEEPEST) return this.wrong(at, `must not be nested more than ${DEEPEST} levels deep`);
    if ('all' in given) return { all: this.list(given, 'all', at, depth) };
    if ('any' in given) return { any: this.list(given, 'any', at, depth) };
    if ('not' in given) return this.only(given, ['not'], at) ?? { not: this.read(given.not, `${at}.not`, depth + 1) };
    if (++this.conditions > MOST_CONDITIONS) return this.wrong(at, `is more than ${MOST_CONDITIONS} conditions`);
    return this.condition(given, at);
  }

  private list(given: Fields, key: 'all' | 'any', at: string, depth: number): Filter[] {
    this.only(given, [key], at);
    const items = given[key];
    if (!Array.isArray(items) || items.length === 0) {
      this.wrong(`${at}.${key}`, 'must be a list of at least one condition');
      return [];
    }
    return items.slice(0, MOST_CONDITIONS + 1).map((item, i) => this.read(item, `${at}.${key}.${i}`, depth + 1));
  }

  private condition(given: Fields, at: string): Filter {
    if ('attribute' in given) return this.only(given, ['attribute', 'is', 'value'], at) ?? this.attribute(given, at);
    if ('tag' in given) return this.only(given, ['tag'], at) ?? { tag: this.text(given.tag, `${at}.tag`, 50) };
    if ('did' in given) return this.only(given, ['did', 'in_last_days', 'at_least'], at) ?? this.deed(given, at);
    if ('consent' in given) {
      const consent = this.word(given.consent, `${at}.consent`, PURPOSES);
      const state = this.word(given.state, `${at}.state`, ['asked', 'granted', 'withdrawn', 'none'] as const);
      return this.only(given, ['consent', 'state'], at) ?? { consent, state };
    }
    if ('number_begins' in given) {
      const digits = this.text(given.number_begins, `${at}.number_begins`, 15).replace(/^\+/, '');
      if (!/^\d+$/.test(digits)) this.wrong(`${at}.number_begins`, 'must be digits');
      return this.only(given, ['number_begins'], at) ?? { number_begins: digits };
    }
    if ('name_contains' in given) {
      const part = this.text(given.name_contains, `${at}.name_contains`, 200);
      return this.only(given, ['name_contains'], at) ?? { name_contains: part };
    }
    if ('added_in_last_days' in given) {
      const days = this.count(given.added_in_last_days, `${at}.added_in_last_days`, LONGEST_DAYS);
      return this.only(given, ['added_in_last_days'], at) ?? { added_in_last_days: days };
    }
    return this.wrong(
      at,
      'must be one of all, any, not, attribute, tag, did, consent, number_begins, name_contains, added_in_last_days',
    );
  }

  private attribute(given: Fields, at: string): Filter {
    const attribute = String(given.attribute);
    const type = this.types.get(attribute);
    if (!type) return this.wrong(`${at}.attribute`, `${attribute.slice(0, 60)} is no attribute of yours`);
    const is = this.word(given.is, `${at}.is`, COMPARISONS);
    if (!FIT[type].includes(is)) return this.wrong(`${at}.is`, `${is} does not fit ${attribute}, which is a ${type}`);
    if (is === 'set') return { attribute, is };
    if (is !== 'one_of') return { attribute, is, value: this.value(type, given.value, `${at}.value`) };
    const values = Array.isArray(given.value) ? given.value : [];
    if (values.length === 0 || values.length > MOST_VALUES) {
      return this.wrong(`${at}.value`, `must be a list of 1 to ${MOST_VALUES}`);
    }
    return { attribute, is, value: values.map((value, i) => this.value(type, value, `${at}.value.${i}`)) };
  }

  private deed(given: Fields, at: string): Filter {
    const did = this.word(given.did, `${at}.did`, DEEDS);
    const longest = did === 'read' ? LONGEST_READ_DAYS : LONGEST_DAYS;
    if (did === 'read' && given.in_last_days === undefined)
      return this.wrong(`${at}.in_last_days`, 'is required for read');
    if (given.at_least !== undefined && did !== 'clicked' && did !== 'bought') {
      return this.wrong(`${at}.at_least`, `is not counted for ${did}`);
    }
    return {
      did,
      ...(given.in_last_days === undefined
        ? {}
        : { in_last_days: this.count(given.in_last_days, `${at}.in_last_days`, longest) }),
      ...(given.at_least === undefined ? {} : { at_least: this.count(given.at_least, `${at}.at_least`, 1_000_000) }),
    };
  }

  private value(type: AttributeType, given: unknown, at: string): AttributeValue {
    const read = readAttribute(type, given);
    if ('value' in read) return read.value;
    this.wrong(at, read.problem);
    return '';
  }

  private text(given: unknown, at: string, longest: number): string {
    if (typeof given === 'string' && given !== '' && given.length <= longest) return given;
    this.wrong(at, `must be text of 1 to ${longest} characters`);
    return '';
  }

  private count(given: unknown, at: string, most: number): number {
    if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= most) return given;
    this.wrong(at, `must be a whole number from 1 to ${most}`);
    return 1;
  }

  private word<Word extends string>(
    given: unknown,
    at: string,
    words: readonly [Word, ...Word[]] | readonly Word[],
  ): Word {
    const found = words.find((word) => word === given);
    if (found === undefined) this.wrong(at, `must be one of ${words.join(', ')}`);
    return found ?? (words[0] as Word);
  }

  /** A field that nothing reads would be a condition that silently does not count. */
  private only(given: Fields, known: readonly string[], at: string): Filter | undefined {
    const strange = Object.keys(given).filter((key) => !known.includes(key));
    return strange.length > 0 ? this.wrong(at, `must not have ${strange.join(', ').slice(0, 100)}`) : undefined;
  }

  private wrong(at: string, what: string): Filter {
    this.problems.push(`${at} ${what}`);
    return { all: [] };
  }
}

const isFields = (given: unknown): given is Fields =>
  typeof given === 'object' && given !== null && !Array.isArray(given);
