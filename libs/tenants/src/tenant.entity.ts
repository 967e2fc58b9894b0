import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TenantStatus } from './tenant-status.js';

@Entity('tenants')
export class Tenant {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @Column('text') name: string;
  @Column('char', { length: 2, nullable: true }) country: string | null;
  @Column('text') status: TenantStatus;
  @Column('boolean', { name: 'marketing_off', default: false }) marketingOff: boolean;
  /** Of one that is closing or closed: when it can no longer return. */
  @Column('timestamptz', { name: 'closes_at', nullable: true }) closesAt: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}
