import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TemplateCategory, TemplateQuality, TemplateState } from '#libs/template-state';

@Entity('templates')
export class Template {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'template_id' }) templateId: string;
  @Column('uuid', { name: 'waba_id' }) wabaId: string;
  /** Meta's id; null until Meta has answered. */
  @Column('text', { name: 'meta_template_id', nullable: true }) metaTemplateId: string | null;
  @Column('text') name: string;
  /** Meta's code, such as `en_US`. */
  @Column('text') language: string;
  /** Meta's category, which may differ from the one asked for: it decides what is charged. */
  @Column('text') category: TemplateCategory;
  @Column('text') status: TemplateState;
  /** The time Meta gives the newest status, not when we heard. */
  @Column('timestamptz', { name: 'status_at' }) statusAt: Date;
  @Column('text') quality: TemplateQuality;
  /** Why it was rejected, paused or disabled, in Meta's word. */
  @Column('text', { nullable: true }) reason: string | null;
  /** POSITIONAL or NAMED. */
  @Column('text', { name: 'parameter_format' }) parameterFormat: string;
  @Column('jsonb') components: unknown[];
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

/** Who told of a step in a template's life. */
export type TemplateEventSource = 'tenant' | 'staff' | 'meta-webhook' | 'meta-poll' | 'meta-answer';

@Entity('template_events')
export class TemplateEvent {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'template_id' }) templateId: string;
  @PrimaryColumn('uuid', { name: 'event_id' }) eventId: string;
  /** The teller's own time of it. */
  @Column('timestamptz') at: Date;
  @Column('text') source: TemplateEventSource;
  /** `status`, `quality`, `category`, `category_impending`. */
  @Column('text') kind: string;
  @Column('text', { nullable: true }) before: string | null;
  @Column('text', { nullable: true }) after: string | null;
  /** What became of it: apply, stale, repeat, apply-and-alert, or locked, ask, unlisted for words that move nothing. */
  @Column('text') verdict: string;
  @Column('text', { nullable: true }) reason: string | null;
}
