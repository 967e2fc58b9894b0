export type TemplateCategory = 'marketing' | 'utility' | 'authentication';

/** Meta's three categories, oldest names (before April 2023) left out: they are gone. */
export const TEMPLATE_CATEGORIES: readonly TemplateCategory[] = ['marketing', 'utility', 'authentication'];

/** Reads a category in any case, as Meta's samples write both. Undefined for any other word: never guess a category. */
export function parseCategory(word: unknown): TemplateCategory | undefined {
  return typeof word === 'string' ? TEMPLATE_CATEGORIES.find((category) => category === word.toLowerCase()) : undefined;
}
