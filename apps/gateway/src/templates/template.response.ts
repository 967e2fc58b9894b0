import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { isSendable, REJECTION_REASONS, stateForSending } from '#libs/template-state';
import type { Template, TemplateEvent, TemplateSync } from '#libs/templates';

const MANAGER = 'Meta takes appeals in WhatsApp Manager only.';

/** What the tenant can do about a template that cannot be sent; null for one that can. */
function adviceFor({ status, reason, reasonDetail, pauseEndsAt, reservedUntil }: Template): string | null {
  switch (status) {
    case 'rejected': {
      const meaning = REJECTION_REASONS[reason ?? ''] ?? 'Meta gave no reason. Read the policy, change it, submit it.';
      return [meaning, reasonDetail, `Edit it, or appeal: ${MANAGER}`].filter(Boolean).join(' ');
    }
    case 'paused':
      return pauseEndsAt
        ? `Customers disliked it. Meta ends the pause at ${pauseEndsAt.toISOString()}; what waits is sent then.`
        : 'Meta paused it. It ends by itself, or unpause it once you have changed who gets it.';
    case 'disabled':
      return `Meta will not send it any more. Create another, or appeal: ${MANAGER}`;
    case 'archived':
      return 'It was idle for 12 months. Take it back in WhatsApp Manager before Meta deletes it, 28 days later.';
    case 'limit_exceeded':
      return 'The account has as many templates as Meta allows. Delete this one and others, then create it again.';
    case 'deleted':
      return reservedUntil ? `Its name can be used again from ${reservedUntil.toISOString()} on.` : null;
    default:
      return null;
  }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A template as the native API shows it. */
export class TemplateResponse {
  @ApiProperty({ description: 'UUID' }) id: string;
  @ApiProperty({ nullable: true, type: String, description: "Meta's id" }) meta_template_id: string | null;
  @ApiProperty({ description: "Meta's id of the account" }) waba_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'en_US' }) language: string;
  @ApiProperty({ description: "Meta's word: what is charged" }) category: string;
  @ApiProperty({ nullable: true, type: String }) category_before: string | null;
  @ApiPropertyOptional({ description: 'A change of category that Meta gave notice of' })
  category_change?: { to: string; at: string | null };
  @ApiProperty() status: string;
  @ApiProperty() status_at: string;
  @ApiProperty({ description: 'Whether messages can be sent with it now' }) sendable: boolean;
  @ApiProperty({ nullable: true, description: 'Until when the provider holds it back' }) held_until: Date | null;
  @ApiProperty({ description: 'Meta lets it be edited no more' }) locked: boolean;
  @ApiProperty({ enum: ['green', 'yellow', 'red', 'unknown'] }) quality: string;
  @ApiProperty({ nullable: true, type: String, description: "Meta's word for why" }) reason: string | null;
  @ApiProperty({ nullable: true, type: String, description: 'What it means and what to do' }) advice: string | null;
  @ApiProperty({ nullable: true, type: String }) pause_ends_at: string | null;
  @ApiProperty({ enum: ['POSITIONAL', 'NAMED'] }) parameter_format: string;
  @ApiProperty({ type: [Object] }) components: unknown[];
  @ApiProperty({ nullable: true, type: Number }) message_send_ttl_seconds: number | null;
  @ApiProperty() created_at: string;
  @ApiProperty() updated_at: string;

  static of(template: Template, metaWabaId: string, now: Date): TemplateResponse {
    const { categoryNext, categoryNextAt } = template;
    return {
      id: template.templateId,
      meta_template_id: template.metaTemplateId,
      waba_id: metaWabaId,
      name: template.name,
      language: template.language,
      category: template.category,
      category_before: template.categoryBefore,
      ...(categoryNext ? { category_change: { to: categoryNext, at: iso(categoryNextAt) } } : {}),
      status: template.status,
      status_at: template.statusAt.toISOString(),
      sendable: isSendable(stateForSending(template.status, template.heldUntil, now)),
      held_until: template.heldUntil,
      locked: template.locked,
      quality: template.quality,
      reason: template.reason,
      advice: adviceFor(template),
      pause_ends_at: iso(template.pauseEndsAt),
      parameter_format: template.parameterFormat,
      components: template.components,
      message_send_ttl_seconds: template.timeToLiveSeconds,
      created_at: template.createdAt.toISOString(),
      updated_at: template.updatedAt.toISOString(),
    };
  }
}

/** One step of a template's life. */
export class TemplateEventResponse {
  @ApiProperty({ description: "The teller's own time of it" }) at: string;
  @ApiProperty({ enum: ['tenant', 'staff', 'meta-webhook', 'meta-poll', 'meta-answer'] }) source: string;
  @ApiProperty({
    description: 'status, quality, category, category_impending, components, create, edit, delete, unpause',
  })
  kind: string;
  @ApiProperty({ nullable: true, type: String }) before: string | null;
  @ApiProperty({ nullable: true, type: String }) after: string | null;
  @ApiProperty({ description: 'apply: it changed the template; stale, repeat: true, but older or the same' })
  verdict: string;
  @ApiProperty({ nullable: true, type: String }) reason: string | null;
  @ApiPropertyOptional() detail?: object;

  static of({ at, source, kind, before, after, verdict, reason, detail }: TemplateEvent): TemplateEventResponse {
    return { at: at.toISOString(), source, kind, before, after, verdict, reason, ...(detail ? { detail } : {}) };
  }
}

export class TemplateHistoryResponse extends TemplateResponse {
  @ApiProperty({ type: [TemplateEventResponse] }) history: TemplateEventResponse[];
}

/** How an account's templates were last compared with Meta's list. */
export class TemplateSyncResponse {
  @ApiProperty({ description: "Meta's id of the account" }) waba_id: string;
  @ApiProperty({ nullable: true, type: String }) synced_at: string | null;
  @ApiProperty({ nullable: true, type: String }) next_at: string | null;
  @ApiProperty({ nullable: true, type: Number, description: 'Templates that Meta listed' }) found: number | null;
  @ApiProperty({ nullable: true, type: Object, description: 'What differed although webhooks should have told it' })
  drift: object | null;
  @ApiProperty({ nullable: true, type: String, description: 'Why the last one failed' }) error: string | null;
  @ApiProperty({ nullable: true, type: String }) failed_at: string | null;

  static of(metaWabaId: string, sync: TemplateSync | undefined): TemplateSyncResponse {
    return {
      waba_id: metaWabaId,
      synced_at: iso(sync?.syncedAt ?? null),
      next_at: iso(sync?.dueAt ?? null),
      found: sync?.found ?? null,
      drift: sync?.drift ?? null,
      error: sync?.error ?? null,
      failed_at: iso(sync?.failedAt ?? null),
    };
  }
}
