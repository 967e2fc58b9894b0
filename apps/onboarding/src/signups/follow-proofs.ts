import { Injectable } from '@nestjs/common';
import { Wake } from '#libs/queues';
import { isRegistered, type PhoneNumber } from '#libs/wabas';
import { Signups } from './signups.js';

/**
 * Lets signups go on whose number was proven, by what is held of the number: whoever had it verified, by whatever way, and
 * whether or not somebody was there to follow it through.
 */
@Injectable()
export class FollowProofs {
  constructor(
    private readonly signups: Signups,
    private readonly wake: Wake,
  ) {}

  /** @param number as it was just seen */
  async follow({ tenantId, metaPhoneNumberId, codeStatus, status }: PhoneNumber): Promise<void> {
    if (codeStatus !== 'VERIFIED' && !isRegistered(status)) return;
    const signupId = await this.signups.numberVerified(tenantId, metaPhoneNumberId);
    if (signupId) void this.wake.lane('onboarding.signup', { tenantId, signupId });
  }
}
