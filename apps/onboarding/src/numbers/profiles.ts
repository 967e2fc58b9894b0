import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { BusinessProfile } from './profile.entity.js';
import { PROFILE_FIELDS, type Profile } from './profile-rules.js';

/** The one writer of what customers see of a business, as Meta last showed it. */
@Injectable()
export class Profiles {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async keep(tx: Tx, tenantId: string, phoneNumberId: string, seen: Profile): Promise<void> {
    const profile = Object.fromEntries(
      PROFILE_FIELDS.flatMap((field) => (seen[field] === undefined ? [] : [[field, seen[field]]])),
    ) as Profile;
    await tx.getRepository(BusinessProfile).save({ tenantId, phoneNumberId, profile, seenAt: this.clock.now() });
  }

  of(tx: Tx, tenantId: string, phoneNumberId: string): Promise<BusinessProfile | null> {
    return tx.getRepository(BusinessProfile).findOneBy({ tenantId, phoneNumberId });
  }
}
