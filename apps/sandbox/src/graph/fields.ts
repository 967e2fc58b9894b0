/**
 * Names asked for by `?fields=a,b{c,d},e.limit(3)`: commas inside braces and parentheses do not part them, and what
 * follows a name is dropped. Undefined where nothing was asked for.
 */
export function parseFields(fields: unknown): string[] | undefined {
  if (typeof fields !== 'string' || !fields.trim()) return undefined;
  const names: string[] = [];
  let depth = 0;
  let current = '';
  for (const char of `${fields},`) {
    if (char === ',' && depth === 0) {
      const name = current.match(/^\s*(\w+)/)?.[1];
      if (name) names.push(name);
      current = '';
      continue;
    }
    if (char === '{' || char === '(') depth++;
    if (char === '}' || char === ')') depth--;
    current += char;
  }
  return names;
}

/** The asked-for fields of a node (or the usual ones), always with its id; unknown and empty ones are left out. */
export function project(
  all: Record<string, unknown>,
  asked: string[] | undefined,
  usual: readonly string[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of asked ?? usual) {
    const value = all[name];
    if (value !== undefined) result[name] = typeof value === 'function' ? (value as () => unknown)() : value;
  }
  result.id = all.id;
  return result;
}
