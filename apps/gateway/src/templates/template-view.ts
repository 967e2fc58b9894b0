import type { Template } from '#libs/templates';

/** A template as Graph lists it (templates page of 2025-11): Meta's id, Meta's words in capital letters. */
export const templateView = (template: Template): Record<string, unknown> => ({
  id: template.metaTemplateId ?? undefined,
  name: template.name,
  parameter_format: template.parameterFormat,
  language: template.language,
  // FLAGGED is a warning on an approved template, not a status that Graph lists.
  status: template.status === 'flagged' ? 'APPROVED' : template.status.toUpperCase(),
  category: template.category.toUpperCase(),
  components: template.components,
  quality_score: { score: template.quality.toUpperCase() },
  rejected_reason: template.status === 'rejected' ? (template.reason ?? 'NONE') : undefined,
});
