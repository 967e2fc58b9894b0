/** How the variables of a text are named: `{{1}}`, `{{first_name}}`, both (which is a mistake), or there are none. */
export type VariableForm = 'none' | 'positional' | 'named' | 'mixed';

export interface Variables {
  readonly form: VariableForm;
  /** Each variable that can be read, once: numbers in their order, then names in the order of first use. */
  readonly names: readonly string[];
  /** Faults of writing, each a sentence; empty for a text that can be read. */
  readonly faults: readonly { readonly code: VariableFault; readonly says: string }[];
}

export type VariableFault =
  | 'variable_malformed'
  | 'variables_mixed'
  | 'variables_not_sequential'
  | 'variables_adjacent'
  | 'variable_at_edge';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const POSITIONAL = /^[1-9]\d*$/;
const NAMED = /^[a-z_][a-z0-9_]*$/;

/**
 * The variables of a template's text and what is wrong with them (Meta, templates overview of 2025-12-05: numbers without
 * gaps from 1, or lower-case names with underscores; none at the beginning or end; not next to each other).
 * @param edges whether a variable may not stand first or last; true for bodies, which is where Meta refuses it (2388299)
 */
export function variablesOf(text: string, { edges = false } = {}): Variables {
  const found = [...text.matchAll(PLACEHOLDER)];
  const names = [...new Set(found.map((match) => match[1]!))];
  const faults: { code: VariableFault; says: string }[] = [];
  const fault = (code: VariableFault, says: string) => faults.push({ code, says });

  const rest = text.replace(PLACEHOLDER, '');
  if (rest.includes('{{') || rest.includes('}}')) fault('variable_malformed', 'Braces of a variable do not match');
  for (const name of names) {
    if (!POSITIONAL.test(name) && !NAMED.test(name)) {
      fault(
        'variable_malformed',
        `{{${name}}} is neither a number nor a name of small letters, digits and underscores`,
      );
    }
  }

  const numbers = names.filter((name) => POSITIONAL.test(name)).map(Number);
  const words = names.filter((name) => NAMED.test(name));
  if (numbers.length > 0 && words.length > 0) fault('variables_mixed', 'Use numbers or names for variables, not both');
  numbers.sort((a, b) => a - b);
  const gap = numbers.findIndex((n, i) => n !== i + 1);
  if (gap >= 0)
    fault('variables_not_sequential', `Number the variables from {{1}} without gaps: {{${gap + 1}}} is missing`);

  if (/\}\}\{\{/.test(text)) fault('variables_adjacent', 'Put text between two variables');
  if (edges && /^\s*\{\{[^{}]*\}\}|\{\{[^{}]*\}\}\s*$/.test(text)) {
    fault('variable_at_edge', 'A variable may not be the first or the last thing in the text');
  }

  const readable = [...numbers.map(String), ...words];
  return { form: formOf(numbers.length, words.length), names: readable, faults };
}

function formOf(numbers: number, words: number): VariableForm {
  if (numbers > 0) return words > 0 ? 'mixed' : 'positional';
  return words > 0 ? 'named' : 'none';
}

/** The text with each variable replaced by its value; a variable without one stays as written. */
export const fillIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => values.get(name) ?? whole);
