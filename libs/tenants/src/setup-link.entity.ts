import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('setup_links')
export class SetupLink {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'link_id' }) linkId: string;
  @Column('bytea') secret: Buffer;
  /** The one signup it is good for; begun when it is first opened. */
  @Column('uuid', { name: 'signup_id', nullable: true }) signupId: string | null;
  /** `user:id`, `key:id` or `staff:address`. */
  @Column('text', { name: 'made_by' }) madeBy: string;
  /** Where the page leads back to once the number is live. */
  @Column('text', { name: 'return_url', nullable: true }) returnUrl: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'opened_at', nullable: true }) openedAt: Date | null;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
}
