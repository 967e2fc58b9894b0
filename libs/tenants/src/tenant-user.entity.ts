import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TenantRole } from './permissions.js';

@Entity('tenant_users')
export class TenantUser {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'user_id' }) userId: string;
  @Column('text') email: string;
  @Column('text', { name: 'password_hash' }) passwordHash: string;
  @Column('text') role: TenantRole;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'email_confirmed_at', nullable: true }) emailConfirmedAt: Date | null;
  @Column('text', { name: 'sealed_totp', nullable: true }) sealedTotp: string | null;
  /** Since when the second factor is asked for; null while it is being set up, or not used. */
  @Column('timestamptz', { name: 'totp_since', nullable: true }) totpSince: Date | null;
  @Column('bigint', { name: 'totp_last_step', nullable: true }) totpLastStep: string | null;
  @Column('bytea', { name: 'recovery_hashes', array: true }) recoveryHashes: Buffer[];
}
