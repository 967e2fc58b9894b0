import { derivedId } from '#libs/ids';
import type { AppliedReport, Template } from '#libs/templates';
import type { TenantEvent } from '#libs/tenant-events';

/**
 * What a tenant is told of a change that Meta's list showed and no webhook told: the webhook that should have come, in
 * Meta's form (template webhooks of 2025-11-14).
 */
export function driftEvent(metaWabaId: string, template: Template, applied: AppliedReport, at: Date): TenantEvent {
  const about = {
    message_template_id: Number(template.metaTemplateId),
    message_template_name: template.name,
    message_template_language: template.language,
  };
  const upper = (word: string | null) => word?.toUpperCase() ?? null;
  const { kind, before, after } = applied;
  const [field, value] =
    kind === 'quality'
      ? [
          'message_template_quality_update',
          { previous_quality_score: upper(before), new_quality_score: upper(after), ...about },
        ]
      : kind === 'category'
        ? ['template_category_update', { ...about, previous_category: upper(before), new_category: upper(after) }]
        : kind === 'category_impending'
          ? ['template_category_update', { ...about, new_category: upper(before), correct_category: upper(after) }]
          : ['message_template_status_update', { event: upper(after), ...about, reason: template.reason ?? 'NONE' }];
  return {
    eventId: derivedId(at, 'drift', template.templateId, kind, after ?? ''),
    kind: field as string,
    wabaId: template.wabaId,
    body: {
      object: 'whatsapp_business_account',
      entry: [{ id: metaWabaId, time: Math.floor(at.getTime() / 1_000), changes: [{ value, field }] }],
    },
  };
}
