import type { FlowCondition } from './flow.js';
import type { Variables } from './run-state.js';

/** What stands at a name: a variable, a part of one (`order.total`), or `contact.KEY`. */
export function lookUp(name: string, variables: Variables, contact: Variables): unknown {
  const [first = '', ...rest] = name.split('.');
  const [root, path] = first === 'contact' ? [contact, rest] : [variables, [first, ...rest]];
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? (value as Variables)[key] : undefined,
    root,
  );
}

/** A text with `{{name}}` filled in; what is not known is left out. */
export const fill = (text: string, variables: Variables, contact: Variables): string =>
  text.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => {
    const value = lookUp(name, variables, contact);
    return value === undefined || value === null
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  });

export function holds({ of, is, value }: FlowCondition, variables: Variables, contact: Variables): boolean {
  const held = lookUp(of, variables, contact);
  switch (is) {
    case 'set':
      return (held !== undefined && held !== null && held !== '') === (value ?? true);
    case 'equal':
      return String(held ?? '').toLowerCase() === String(value ?? '').toLowerCase();
    case 'one_of':
      return Array.isArray(value) && value.map(String).includes(String(held));
    case 'contains':
      return String(held ?? '')
        .toLowerCase()
        .includes(String(value).toLowerCase());
    case 'less':
      return Number(held) < Number(value);
    case 'more':
      return Number(held) > Number(value);
  }
}

/** The same in every text of a message. */
export function fillAll(value: unknown, variables: Variables, contact: Variables): unknown {
  if (typeof value === 'string') return fill(value, variables, contact);
  if (Array.isArray(value)) return value.map((one) => fillAll(one, variables, contact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillAll(one, variables, contact)]));
}
