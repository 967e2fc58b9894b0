import type { Message, PhoneNumber, Portfolio } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Emitter } from '../webhooks/emitter.js';
import { tierCap } from './tier.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Meta judges so long after enough customers were reached (meta/limits.md §1, since 2025-10-07). */
const DELAY = 6 * HOUR;
/** The ladder of a portfolio since 2025-10-07. */
const STEPS = ['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'];
const LONGEST = 30 * DAY;

/** What the next step of a portfolio wants; undefined where Meta has none above. */
export function wanted(limit: string, verified: boolean): { next: string; users: number; days: number } | undefined {
  const cap = limit === 'TIER_NOT_SET' ? 250 : tierCap(limit);
  const next = STEPS.find((step) => tierCap(step) > cap);
  if (!next) return undefined;
  if (cap > 250) return { next, users: cap / 2, days: 7 };
  return verified ? { next, users: 0, days: 30 } : { next, users: 2_000, days: 30 };
}

/** Raises limits as Meta does: customers reached outside windows, good quality, and some hours to think about it. */
export class RaiseLimit {
  /** Of each portfolio, customers with the instant of the last delivery outside a window. */
  private readonly delivered = new WeakMap<Portfolio, Map<string, number>>();
  private readonly judging = new WeakSet<Portfolio>();

  constructor(
    private readonly world: World,
    private readonly emitter: Emitter,
  ) {}

  /** Counts the customer of a delivery outside a window, while the sandbox is set to raise limits. */
  onDelivered(message: Message, number: PhoneNumber): void {
    if (!this.world.settings.raise_limits || message.inServiceWindow || message.group) return;
    const waba = this.world.get('waba', number.wabaId);
    const portfolio = waba && this.world.get('business', waba.businessId);
    if (!portfolio) return;
    const now = this.world.now();
    const reached = this.delivered.get(portfolio) ?? new Map<string, number>();
    this.delivered.set(portfolio, reached);
    reached.delete(message.to);
    reached.set(message.to, now);
    for (const [oldest, at] of reached) {
      if (at > now - LONGEST) break;
      reached.delete(oldest);
    }
    this.consider(portfolio);
  }

  private hasEnough(portfolio: Portfolio): boolean {
    const goal = wanted(portfolio.messagingLimit, portfolio.verificationStatus === 'verified');
    if (!goal) return false;
    const reached = this.delivered.get(portfolio) ?? new Map<string, number>();
    if (reached.size < goal.users) return false;
    const since = this.world.now() - goal.days * DAY;
    let users = 0;
    for (const at of reached.values()) if (at > since) users++;
    return users >= goal.users;
  }

  private consider(portfolio: Portfolio): void {
    if (this.judging.has(portfolio) || !this.hasEnough(portfolio)) return;
    this.judging.add(portfolio);
    const asked = portfolio.messagingLimit;
    this.world.clock.after(DELAY, () => {
      this.judging.delete(portfolio);
      const goal = wanted(portfolio.messagingLimit, portfolio.verificationStatus === 'verified');
      if (!goal || portfolio.messagingLimit !== asked) return;
      if (this.hasLowQuality(portfolio)) {
        this.emitter.raisePutOff(portfolio, 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED');
        return;
      }
      portfolio.messagingLimit = goal.next;
      this.emitter.capability(portfolio);
    });
  }

  private hasLowQuality({ wabaIds }: Portfolio): boolean {
    for (const wabaId of wabaIds) {
      for (const id of this.world.get('waba', wabaId)?.phoneNumberIds ?? []) {
        if (this.world.get('phone_number', id)?.qualityRating === 'RED') return true;
      }
    }
    return false;
  }
}
