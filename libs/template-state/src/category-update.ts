import { parseCategory, type TemplateCategory } from './category.js';
import { isFields } from './template.js';

/** What a `template_category_update` webhook says. */
export type CategoryUpdate =
  /** Meta will change it, normally 24 h after the notice. */
  | {
      readonly kind: 'impending';
      readonly current: TemplateCategory;
      readonly to: TemplateCategory;
      readonly at?: Date;
    }
  /** Meta has changed it: from now on it is charged so. */
  | { readonly kind: 'done'; readonly previous?: TemplateCategory; readonly current: TemplateCategory }
  | { readonly kind: 'unreadable' };

/**
 * Reads the `value` of a `template_category_update` webhook (page of 2025-11-11). In the notice beforehand `new_category` is
 * the category still in force and `correct_category` the one to come; afterwards `new_category` is the new one.
 */
export function readCategoryUpdate(value: unknown): CategoryUpdate {
  if (!isFields(value)) return { kind: 'unreadable' };
  const current = parseCategory(value.new_category);
  if (!current) return { kind: 'unreadable' };
  if (value.correct_category !== undefined && value.previous_category === undefined) {
    const to = parseCategory(value.correct_category);
    if (!to) return { kind: 'unreadable' };
    const seconds = Number(value.category_update_timestamp ?? Number.NaN);
    return { kind: 'impending', current, to, ...(seconds > 0 ? { at: new Date(seconds * 1000) } : {}) };
  }
  const previous = parseCategory(value.previous_category);
  return { kind: 'done', ...(previous ? { previous } : {}), current };
}
