import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('user_sessions')
export class UserSession {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'session_id' }) sessionId: string;
  @Column('uuid', { name: 'user_id' }) userId: string;
  @Column('bytea', { name: 'refresh_hash' }) refreshHash: Buffer;
  @Column('bytea', { name: 'used_hashes', array: true }) usedHashes: Buffer[];
  /** The browser as it names itself. */
  @Column('text') agent: string;
  @Column('inet', { name: 'from_address', nullable: true }) fromAddress: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'used_at' }) usedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  @Column('text', { name: 'ended_why', nullable: true }) endedWhy: string | null;
}
