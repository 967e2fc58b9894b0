import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ApplicationState } from './application-state.js';
import type { Finding } from './screen-application.js';

@Entity('applications')
export class Application {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'application_id' }) applicationId: string;
  @Column('text') state: ApplicationState;
  @Column('text') company: string;
  @Column('char', { length: 2 }) country: string;
  @Column('text', { name: 'registration_number' }) registrationNumber: string;
  @Column('text', { nullable: true }) website: string | null;
  @Column('text', { name: 'contact_name' }) contactName: string;
  @Column('text', { name: 'contact_email' }) contactEmail: string;
  /** E.164. */
  @Column('text') phone: string;
  @Column('text', { name: 'display_name' }) displayName: string;
  @Column('integer', { name: 'monthly_messages' }) monthlyMessages: number;
  @Column('text') trade: string;
  @Column('text', { name: 'use_cases' }) useCases: string;
  /** In which the merchant is written to. */
  @Column('char', { length: 2 }) language: string;
  @Column('jsonb') findings: Finding[];
  /** E-mail address of the member of staff. */
  @Column('text', { name: 'claimed_by', nullable: true }) claimedBy: string | null;
  @Column('timestamptz', { name: 'due_at', nullable: true }) dueAt: Date | null;
  @Column('timestamptz', { name: 'paused_at', nullable: true }) pausedAt: Date | null;
  /** Of the decision, or the question that is open. */
  @Column('text', { nullable: true }) reason: string | null;
  @Column('uuid', { name: 'signup_id', nullable: true }) signupId: string | null;
  /** A move of it still has to be told and carried out. */
  @Column('boolean', { name: 'follow_up' }) followUp: boolean;
  /** The last entry that was. */
  @Column('uuid', { name: 'told_up_to', nullable: true }) toldUpTo: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}

@Entity('application_entries')
export class ApplicationEntry {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'entry_id' }) entryId: string;
  @Column('uuid', { name: 'application_id' }) applicationId: string;
  @Column('timestamptz') at: Date;
  @Column('text') who: 'merchant' | 'staff' | 'system';
  @Column('text') what: string;
  @Column('text', { nullable: true }) said: string | null;
}

@Entity('application_documents')
export class ApplicationDocument {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'document_id' }) documentId: string;
  @Column('uuid', { name: 'application_id' }) applicationId: string;
  @Column('text') kind: string;
  @Column('text') name: string;
  /** By its bytes. */
  @Column('text') type: string;
  @Column('bytea', { select: false }) bytes: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
