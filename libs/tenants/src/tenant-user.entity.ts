import { Column, Entity, PrimaryColumn } from 'typeorm';

export type TenantRole = 'owner' | 'developer' | 'agent' | 'finance';

@Entity('tenant_users')
export class TenantUser {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'user_id' }) userId: string;
  @Column('text') email: string;
  @Column('text', { name: 'password_hash' }) passwordHash: string;
  @Column('text') role: TenantRole;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
