import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a comparison with Meta's list found that webhooks should have told. */
export interface TemplateDrift {
  /** Templates that Meta had and we did not. */
  imported: number;
  /** Templates that Meta had no more. */
  gone: number;
  /** Facts (status, category, quality, components) that differed. */
  changed: number;
}

/** How the stored templates of a WABA were last compared with Meta's list. */
@Entity('template_syncs')
export class TemplateSync {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'waba_id' }) wabaId: string;
  /** When it is next. */
  @Column('timestamptz', { name: 'due_at' }) dueAt: Date;
  /** In a row, since the last that ended well. */
  @Column('integer') failures: number;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { name: 'synced_at', nullable: true }) syncedAt: Date | null;
  /** How many templates Meta listed. */
  @Column('integer', { nullable: true }) found: number | null;
  @Column('jsonb', { nullable: true }) drift: TemplateDrift | null;
  /** Why the last one failed; null after a good one. */
  @Column('text', { nullable: true }) error: string | null;
  @Column('timestamptz', { name: 'failed_at', nullable: true }) failedAt: Date | null;
}
