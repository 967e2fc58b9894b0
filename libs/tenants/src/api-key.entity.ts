import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { KeyScope } from './permissions.js';

@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'api_key_id' }) apiKeyId: string;
  @Column('text') name: string;
  /** The first characters, so that people can tell their keys apart. */
  @Column('text') hint: string;
  @Column('bytea') hash: Buffer;
  /** What it may do; null: everything that a key may do at all. */
  @Column('text', { array: true, nullable: true }) scopes: KeyScope[] | null;
  /** The only account it reaches. */
  @Column('uuid', { name: 'waba_id', nullable: true }) wabaId: string | null;
  /** The only number it reaches. */
  @Column('uuid', { name: 'phone_number_id', nullable: true }) phoneNumberId: string | null;
  /** The key that it replaces. */
  @Column('uuid', { name: 'rotated_from', nullable: true }) rotatedFrom: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
  /** To a minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt: Date | null;
}
