import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EarlierTimezone } from './timezones.js';

/** A business portfolio at Meta: the scope of the messaging limit since October 2025. */
@Entity('portfolios')
export class Portfolio {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'portfolio_id' }) portfolioId: string;
  @Column('text', { name: 'meta_business_id' }) metaBusinessId: string;
  /** As Meta names it, e.g. `TIER_2K`. */
  @Column('text', { name: 'messaging_limit' }) messagingLimit: string;
  @Column('timestamptz', { name: 'limit_seen_at' }) limitSeenAt: Date;
  /** Customers in 24 h to which the provider holds the limit, until `heldUntil`; see `holdOf`. */
  @Column('integer', { name: 'held_to', nullable: true }) heldTo: number | null;
  @Column('timestamptz', { name: 'held_until', nullable: true }) heldUntil: Date | null;
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
  /** IANA name; what counts at an instant says `timezoneAt`. */
  @Column('text') timezone: string;
  /** Meta's id of the zone where it gave no IANA name: `timezone` is UTC then, until staff correct it. */
  @Column('text', { name: 'unnamed_timezone', nullable: true }) unnamedTimezone: string | null;
  /** `timezone` is the word of staff, which Meta's no longer changes. */
  @Column('boolean', { name: 'timezone_corrected', default: false }) timezoneCorrected: boolean;
  @Column('jsonb', { name: 'earlier_timezones', default: [] }) earlierTimezones: EarlierTimezone[];
  /** What we act with for it at Meta; null while Meta does not let us. */
  @Column('text', { name: 'sealed_token', nullable: true }) sealedToken: string | null;
  /** We act with the provider's own token, which may have been replaced since it was sealed here. */
  @Column('boolean', { name: 'acts_as_provider', default: false }) actsAsProvider: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  /** As Meta names it: PENDING, APPROVED, REJECTED, DEFERRED, ... */
  @Column('text', { name: 'review_status', nullable: true }) reviewStatus: string | null;
  /** Of the business, as Meta names it, in small letters. */
  @Column('text', { name: 'verification_status', nullable: true }) verificationStatus: string | null;
  /** Who pays Meta: the provider through its credit line, or the merchant. */
  @Column('text', { nullable: true }) funding: 'credit-line' | 'own' | null;
  /** Since when Meta no longer lets us act for it. */
  @Column('timestamptz', { name: 'disconnected_at', nullable: true }) disconnectedAt: Date | null;
  /** When reviews were last asked for. */
  @Column('timestamptz', { name: 'looked_at', nullable: true }) lookedAt: Date | null;
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
  /** As Meta names it: APPROVED, AVAILABLE_WITHOUT_REVIEW, PENDING_REVIEW, DECLINED, EXPIRED, NONE. */
  @Column('text', { name: 'name_status', nullable: true }) nameStatus: string | null;
  /** Asked for; it shows once it is approved and the number is registered again. */
  @Column('text', { name: 'new_display_name', nullable: true }) newDisplayName: string | null;
  @Column('text', { name: 'new_name_status', nullable: true }) newNameStatus: string | null;
  /** VERIFIED, NOT_VERIFIED or EXPIRED. */
  @Column('text', { name: 'code_status', nullable: true }) codeStatus: string | null;
  /** An official business account. */
  @Column('boolean', { default: false }) official: boolean;
  /** Where Meta keeps its data at rest (ISO 3166 alpha-2); null for everywhere. */
  @Column('char', { length: 2, name: 'data_region', nullable: true }) dataRegion: string | null;
  /** Calls of register and deregister that count at Meta, oldest first. */
  @Column('timestamptz', { array: true, default: [] }) registrations: Date[];
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  /** Since when Meta denies us this number, while it does; a number that was deregistered is DISCONNECTED without it. */
  @Column('timestamptz', { name: 'access_lost_at', nullable: true }) accessLostAt: Date | null;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
}
