/** What JSON spells out, and PostgreSQL's arrays do not: control characters, and halves of surrogate pairs. */
const SPELT_OUT = /[\p{Cc}\p{Cs}]/u;

/**
 * The text of a PostgreSQL array, as `pg` makes it of a list, at less than half the price: hot statements carry hundreds of
 * rows in such lists, and their texts are mostly JSON with a quote every few characters (docs/performance.md).
 *
 * @param items of a parameter; an item that is the same as the one before it costs nothing
 * @returns undefined for lists that hold anything else than texts, numbers, booleans, dates and nulls: `pg` knows those
 */
export function arrayLiteral(items: readonly unknown[]): string | undefined {
  let literal = '{';
  let last: unknown;
  let element: string | undefined = '';
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (i === 0 || item !== last) {
      element = elementOf(item);
      if (element === undefined) return undefined;
      last = item;
    }
    literal += i === 0 ? element : `,${element}`;
  }
  return `${literal}}`;
}

function elementOf(item: unknown): string | undefined {
  switch (typeof item) {
    case 'string':
      return SPELT_OUT.test(item) ? quoted(item) : JSON.stringify(item);
    case 'number':
    case 'boolean':
      return String(item);
    case 'undefined':
      return 'NULL';
    default:
      if (item === null) return 'NULL';
      return item instanceof Date ? instantOf(item) : undefined;
  }
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Beyond the years that ISO 8601 writes with four digits, and for no instant at all, `pg` has rules of its own. */
function instantOf(date: Date): string | undefined {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9_999 ? `"${date.toISOString()}"` : undefined;
}
