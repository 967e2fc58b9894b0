import type { TemplateEventKind, TemplateEventSource } from './template.entity.js';

/** What Meta says of a template; exactly one of status, quality and category. */
export interface TemplateReport {
  metaTemplateId: string;
  /** Meta's own time of it (`entry.time`), or the moment before our call. */
  at: Date;
  source: TemplateEventSource;
  /**
   * `event` of `message_template_status_update`, or `status` as listed, with its reason (of a pause: `other_info.title`)
   * and what Meta advises.
   */
  status?: { word: string; reason?: string; detail?: string };
  /** `new_quality_score`, or `quality_score.score` as listed. */
  quality?: string;
  /** The whole `value` of `template_category_update`, or `{new_category}` as listed. */
  category?: unknown;
}

export interface AppliedReport {
  templateId: string;
  wabaId: string;
  kind: Extract<TemplateEventKind, 'status' | 'quality' | 'category' | 'category_impending'>;
  before: string | null;
  after: string | null;
  /** `apply` and `apply-and-alert` changed the template; the others are only in its history. */
  verdict: 'apply' | 'stale' | 'repeat' | 'apply-and-alert' | 'locked' | 'ask' | 'unlisted';
}
