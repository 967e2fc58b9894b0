import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where a tenant wants to be told. */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'endpoint_id' }) endpointId: string;
  @Column('text') url: string;
  @Column('text', { name: 'sealed_secret' }) sealedSecret: string;
  /** The secret before the last rotation; signatures with it go along until `previousSecretUntil`. */
  @Column('text', { name: 'sealed_previous_secret', nullable: true }) sealedPreviousSecret: string | null;
  @Column('timestamptz', { name: 'previous_secret_until', nullable: true }) previousSecretUntil: Date | null;
  /** Only events of this WABA, or of this number; null means all. */
  @Column('uuid', { name: 'waba_id', nullable: true }) wabaId: string | null;
  @Column('uuid', { name: 'phone_number_id', nullable: true }) phoneNumberId: string | null;
  /** Only these kinds of event; null means all. */
  @Column('text', { array: true, nullable: true }) kinds: string[] | null;
  /** Extra headers of each post as JSON, sealed, for they may authorise. */
  @Column('text', { name: 'sealed_headers', nullable: true }) sealedHeaders: string | null;
  @Column('boolean') enabled: boolean;
  @Column('text', { name: 'managed_by' }) managedBy: 'tenant' | 'subscribed_apps' | 'd360' | 'd360_copy';
  /** Since when it is switched off, and by whom: its tenant, or us because it failed for days. Null while enabled. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true }) disabledAt: Date | null;
  @Column('text', { name: 'disabled_reason', nullable: true }) disabledReason: 'tenant' | 'failing' | null;
  /** Posts that failed in a row. */
  @Column('integer') failures: number;
  /** When the first of these failures was. */
  @Column('timestamptz', { name: 'failing_since', nullable: true }) failingSince: Date | null;
  @Column('timestamptz', { name: 'rests_until', nullable: true }) restsUntil: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
