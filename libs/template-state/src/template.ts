/**
 * A template as it travels: Meta's component tree with every field we do not know left in place. Types are written large or
 * small by different clients, so compare them with `kindOf`.
 */
export interface TemplateComponent {
  readonly type: string;
  readonly format?: string;
  readonly text?: string;
  readonly buttons?: readonly TemplateButton[];
  readonly cards?: readonly TemplateCard[];
  readonly limited_time_offer?: { readonly text?: string; readonly has_expiration?: boolean };
  readonly [field: string]: unknown;
}

export interface TemplateButton {
  readonly type: string;
  readonly text?: string;
  readonly url?: string;
  readonly [field: string]: unknown;
}

export interface TemplateCard {
  readonly components: readonly TemplateComponent[];
  readonly [field: string]: unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A type, format or sub type in capital letters; empty for what is no word. */
export const kindOf = (word: unknown): string => (typeof word === 'string' ? word.trim().toUpperCase() : '');

/** The components of a kind, as far as the list is one. */
export const componentsOf = (components: unknown, kind: string): Fields[] =>
  Array.isArray(components) ? components.filter(isFields).filter((c) => kindOf(c.type) === kind) : [];
