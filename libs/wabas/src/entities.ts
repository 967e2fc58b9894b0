import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A business portfolio at Meta: the scope of the messaging limit since October 2025. */
@Entity('portfolios')
export class Portfolio {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'portfolio_id' }) portfolioId: string;
  @Column('text', { name: 'meta_business_id' }) metaBusinessId: string;
  /** As Meta names it, e.g. `TIER_2K`. */
  @Column('text', { name: 'messaging_limit' }) messagingLimit: string;
  @Column('timestamptz', { name: 'limit_seen_at' }) limitSeenAt: Date;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** A WhatsApp Business account. */
@Entity('wabas')
export class Waba {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'waba_id' }) wabaId: string;
  @Column('uuid', { name: 'portfolio_id' }) portfolioId: string;
  @Column('text', { name: 'meta_waba_id' }) metaWabaId: string;
  @Column('text') name: string;
  /** ISO 4217; fixed at Meta once a credit line is attached. */
  @Column('char', { length: 3 }) currency: string;
  /** IANA name. */
  @Column('text') timezone: string;
  @Column('text', { name: 'sealed_token', nullable: true }) sealedToken: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity('phone_numbers')
export class PhoneNumber {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'phone_number_id' }) phoneNumberId: string;
  @Column('uuid', { name: 'waba_id' }) wabaId: string;
  @Column('text', { name: 'meta_phone_number_id' }) metaPhoneNumberId: string;
  @Column('text', { name: 'display_phone_number' }) displayPhoneNumber: string;
  @Column('text', { name: 'verified_name' }) verifiedName: string;
  /** As Meta names it; only CONNECTED sends. */
  @Column('text') status: string;
  /** GREEN, YELLOW, RED or UNKNOWN. */
  @Column('text', { name: 'quality_rating' }) qualityRating: string;
  /** STANDARD (80 messages a second), HIGH (1,000) or NOT_APPLICABLE. */
  @Column('text', { name: 'throughput_level' }) throughputLevel: string;
  @Column('boolean') coexistence: boolean;
  @Column('text', { name: 'sealed_pin', nullable: true }) sealedPin: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
