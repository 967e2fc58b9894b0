import { parseCategory, parseQuality, readTemplateStatus } from '#libs/template-state';
import type { Template, TemplateReport } from '#libs/templates';

/** A template as Meta lists it (templates page of 2025-11-14); fields may be absent. */
export interface ListedTemplate {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  components: unknown[];
  parameter_format?: string;
  quality_score?: { score?: string };
  rejected_reason?: string;
  correct_category?: string;
  message_send_ttl_seconds?: number;
}

export const LISTED_FIELDS =
  'id,name,language,status,category,components,parameter_format,quality_score,rejected_reason,previous_category,' +
  'correct_category,message_send_ttl_seconds';

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whether an item of Meta's list has what a template must have. */
export function isListed(item: unknown): item is ListedTemplate {
  if (typeof item !== 'object' || item === null) return false;
  const { id, name, language, status, category, components } = item as Record<string, unknown>;
  return [id, name, language, status, category].every(isText) && Array.isArray(components);
}

/** What Meta's list says that we do not hold, as reports that are judged as those of a webhook are. */
export type Difference = Pick<TemplateReport, 'status' | 'quality' | 'category'>;

/**
 * Where a stored template differs from what Meta lists: status, quality, category, and a notice of another category.
 * Words that we cannot read are no difference.
 */
export function differencesOf(stored: Template, listed: ListedTemplate): Difference[] {
  const found: Difference[] = [];
  const read = readTemplateStatus(listed.status);
  // FLAGGED is told by webhook alone: Meta lists such a template as APPROVED.
  const isSame =
    read.kind !== 'state' || read.state === stored.status || (read.state === 'approved' && stored.status === 'flagged');
  if (!isSame) {
    const reason = isText(listed.rejected_reason) && listed.rejected_reason !== 'NONE' ? listed.rejected_reason : null;
    found.push({ status: { word: listed.status, ...(reason ? { reason } : {}) } });
  }
  const quality = parseQuality(listed.quality_score?.score);
  if (quality && quality !== stored.quality) found.push({ quality: quality.toUpperCase() });
  const category = parseCategory(listed.category);
  if (category && category !== stored.category) found.push({ category: { new_category: listed.category } });
  const next = parseCategory(listed.correct_category);
  if (category && next && next !== category && next !== stored.categoryNext) {
    found.push({ category: { new_category: listed.category, correct_category: listed.correct_category } });
  }
  return found;
}

/**
 * Whether two lists of components say the same. Samples are left out: Meta lists an uploaded file as an address that is
 * another each time.
 */
export const isSameContent = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([key, inner]) => key !== 'example' && inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}
