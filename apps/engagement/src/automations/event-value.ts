import type { EventData } from '../shop-events/shop-event.js';

/**
 * The value under a name with dots.
 *
 * @returns undefined for what is absent, empty, or no single value
 */
export function eventValue(data: EventData, field: string): string | number | boolean | undefined {
  let value: unknown = data;
  for (const part of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
