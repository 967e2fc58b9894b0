import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TenantRole } from './permissions.js';

export type LinkKind = 'confirm-email' | 'reset-password' | 'invitation' | 'confirm-application';

@Entity('one_time_links')
export class OneTimeLink {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'link_id' }) linkId: string;
  @Column('text') kind: LinkKind;
  @Column('bytea') secret: Buffer;
  @Column('uuid', { name: 'user_id', nullable: true }) userId: string | null;
  @Column('text') email: string;
  @Column('text', { nullable: true }) role: TenantRole | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt: Date | null;
}
