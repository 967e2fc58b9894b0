export { admit, DAY_MS, type NextRecipient, type QuotaUse, remaining, type Verdict } from './admit.js';
export { type Downgrade, downgradeOf } from './downgrade.js';
export { capUnder, type Hold, holdAt } from './hold.js';
export { LADDERS, type Ladder, type LimitScope, ladderAt } from './ladders.js';
export { capOf, type Limit, nextTier, parseLimit, tierName, type UnreadableLimit } from './limit.js';
export { type CountedSend, countedAt, leavingAt, peakOf } from './moving-day.js';
export { planAudience, type Wave } from './plan-audience.js';
export { hoursOf, type Invited, type Planned, type PlannedHour, type PlanRule, planEach } from './plan-each.js';
export { parseSeedTier, SEED_LADDER, SEED_TIERS } from './seed-ladder.js';
export {
  daysThatCount,
  type Obstacle,
  type Progress,
  progressOf,
  type Reached,
  UPGRADE_RULES,
  type UpgradeRule,
  upgradeRuleAt,
} from './upgrade.js';
