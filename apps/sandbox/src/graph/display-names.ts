import type { PhoneNumber } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Emitter } from '../webhooks/emitter.js';

export type NameDecision = 'APPROVED' | 'DECLINED';

/** Meta's review of display names (meta/onboarding.md §4). */
export class DisplayNames {
  constructor(
    private readonly world: World,
    private readonly emitter: Emitter,
  ) {}

  /** Asks for another name. It shows after approval and another registration. */
  request(number: PhoneNumber, name: string): void {
    number.newDisplayName = name;
    number.newNameStatus = 'PENDING_REVIEW';
    this.review(number);
  }

  /** Decides by itself after the time templates take, unless a control call was first. */
  review(number: PhoneNumber): void {
    const { template_review_ms: delay } = this.world.settings;
    if (delay < 0) return;
    this.world.clock.after(delay, () => {
      if (number.newNameStatus === 'PENDING_REVIEW' || number.nameStatus === 'PENDING_REVIEW')
        this.decide(number, 'APPROVED');
    });
  }

  decide(number: PhoneNumber, decision: NameDecision): void {
    const requested = number.newDisplayName ?? number.verifiedName;
    if (number.newDisplayName !== undefined) number.newNameStatus = decision;
    else number.nameStatus = decision;
    const waba = this.world.get('waba', number.wabaId);
    if (!waba) return;
    // The webhook's decision REJECTED is the status DECLINED.
    this.emitter.account(waba, 'phone_number_name_update', {
      display_phone_number: number.digits,
      decision: decision === 'DECLINED' ? 'REJECTED' : decision,
      requested_verified_name: requested,
      rejection_reason: decision === 'DECLINED' ? 'NAME_FORMAT_UNACCEPTABLE' : null,
    });
  }

  /** A registration brings an approved name into use. */
  adopt(number: PhoneNumber): void {
    if (number.newDisplayName === undefined || number.newNameStatus !== 'APPROVED') return;
    number.verifiedName = number.newDisplayName;
    number.nameStatus = 'APPROVED';
    number.newDisplayName = undefined;
    number.newNameStatus = undefined;
  }
}
