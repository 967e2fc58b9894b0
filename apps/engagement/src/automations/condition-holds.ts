import { compare, parseDecimal } from '#libs/money';
import type { EventData } from '../shop-events/shop-event.js';
import type { Condition } from './automation.js';
import { eventValue } from './event-value.js';

/** Whether all conditions hold; what is absent equals nothing and is no amount. */
export const conditionsHold = (conditions: readonly Condition[], data: EventData): boolean =>
  conditions.every((condition) => conditionHolds(condition, data));

function conditionHolds({ field, is, value }: Condition, data: EventData): boolean {
  const found = eventValue(data, field);
  switch (is) {
    case 'set':
      return found !== undefined;
    case 'not_set':
      return found === undefined;
    case 'equal':
      return found !== undefined && same(found, value);
    case 'not_equal':
      return found === undefined || !same(found, value);
    case 'one_of':
      return found !== undefined && Array.isArray(value) && value.some((one) => same(found, one));
    case 'at_least':
    case 'at_most': {
      const order = orderOf(found, value);
      return order !== undefined && (is === 'at_least' ? order >= 0 : order <= 0);
    }
  }
}

/** Numbers are the same however they are written: `10` and `10.00`. */
const same = (a: unknown, b: unknown): boolean => String(a) === String(b) || orderOf(a, b) === 0;

function orderOf(a: unknown, b: unknown): number | undefined {
  try {
    return compare(parseDecimal(String(a)), parseDecimal(String(b)));
  } catch {
    return undefined;
  }
}
