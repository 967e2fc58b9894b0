import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Profile } from './profile-rules.js';

@Entity('business_profiles')
export class BusinessProfile {
  @PrimaryColumn('uuid', { name: 'tenant_id' }) tenantId: string;
  @PrimaryColumn('uuid', { name: 'phone_number_id' }) phoneNumberId: string;
  @Column('jsonb') profile: Profile;
  @Column('timestamptz', { name: 'seen_at' }) seenAt: Date;
}
