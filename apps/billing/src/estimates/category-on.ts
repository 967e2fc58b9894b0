import type { TemplateCategory } from '#libs/template-state';
import type { Template } from '#libs/templates';
import type { ZoneClock } from '../rating/local-time.js';

/**
 * The category in which a template's messages will be charged. A change that Meta gave notice of counts from its instant on,
 * and for a whole day that is planned from the day on which it comes: what is sent late that day costs the new price.
 *
 * @param when an instant, or a local day `YYYY-MM-DD` of the WABA's zone
 */
export function categoryOn(
  { category, categoryNext, categoryNextAt }: Pick<Template, 'category' | 'categoryNext' | 'categoryNextAt'>,
  when: Date | { day: string; zone: ZoneClock },
): TemplateCategory {
  if (!categoryNext || !categoryNextAt) return category;
  const hasCome =
    when instanceof Date ? categoryNextAt <= when : when.zone.dayAt(categoryNextAt.getTime()).day <= when.day;
  return hasCome ? categoryNext : category;
}
