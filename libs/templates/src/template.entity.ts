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
  @Column('text', { name: 'category_before', nullable: true }) categoryBefore: TemplateCategory | null;
  /** The category that Meta gave notice of, and when it comes. */
  @Column('text', { name: 'category_next', nullable: true }) categoryNext: TemplateCategory | null;
  @Column('timestamptz', { name: 'category_next_at', nullable: true }) categoryNextAt: Date | null;
  @Column('text') status: TemplateState;
  /** The time Meta gives the newest status, not when we heard. */
  @Column('timestamptz', { name: 'status_at' }) statusAt: Date;
  @Column('text') quality: TemplateQuality;
  /** Why it was rejected, paused or disabled, in Meta's word. */
  @Column('text', { nullable: true }) reason: string | null;
  /** What Meta advises, in its own sentence. */
  @Column('text', { name: 'reason_detail', nullable: true }) reasonDetail: string | null;
  /** When a pause for low quality ends by itself; null for other pauses. */
  @Column('timestamptz', { name: 'pause_ends_at', nullable: true }) pauseEndsAt: Date | null;
  /** Until when the provider holds it back; over or not, see `stateForSending`. */
  @Column('timestamptz', { name: 'held_until', nullable: true }) heldUntil: Date | null;
  /** Meta does not let it be edited. */
  @Column('boolean') locked: boolean;
  /** POSITIONAL or NAMED. */
  @Column('text', { name: 'parameter_format' }) parameterFormat: string;
  @Column('jsonb') components: unknown[];
  /** Seconds that Meta tries to deliver for; -1 means 30 days, null Meta's default. */
  @Column('integer', { name: 'time_to_live_seconds', nullable: true }) timeToLiveSeconds: number | null;
  /** Of a deleted one: until when its name cannot be used again. */
  @Column('timestamptz', { name: 'reserved_until', nullable: true }) reservedUntil: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

/** Who told of a step in a template's life. */
export type TemplateEventSource = 'tenant' | 'staff' | 'meta-webhook' | 'meta-poll' | 'meta-answer';

/** What was told of: a report of Meta's, or a command of the tenant's or of staff. */
export type TemplateEventKind =
  | 'status'
  | 'quality'
  | 'category'
  | 'category_impending'
  | 'components'
  | 'create'
  | 'edit'
  | 'delete'
  | 'unpause'
  | 'hold'
  | 'hold_end';

@Entity('template_events')
export class TemplateEvent {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'template_id' }) templateId: string;
  @PrimaryColumn('uuid', { name: 'event_id' }) eventId: string;
  /** The teller's own time of it. */
  @Column('timestamptz') at: Date;
  @Column('text') source: TemplateEventSource;
  @Column('text') kind: TemplateEventKind;
  @Column('text', { nullable: true }) before: string | null;
  @Column('text', { nullable: true }) after: string | null;
  /** What became of it: apply, stale, repeat, apply-and-alert, or locked, ask, unlisted for words that move nothing. */
  @Column('text') verdict: string;
  @Column('text', { nullable: true }) reason: string | null;
  /** What else was said: the day a category changes, Meta's advice, which fields an edit changed. */
  @Column('jsonb', { nullable: true }) detail: object | null;
}
