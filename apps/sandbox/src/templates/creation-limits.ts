import { GraphError } from '../graph/graph-error.js';
import type { Waba } from '../state/records.js';
import type { World } from '../state/world.js';

const HOUR = 3_600_000;
/** Templates that a WABA may create in an hour (meta/limits.md §5). */
const AN_HOUR = 100;

/**
 * Templates that a WABA may have: 250; 6,000 if the portfolio is verified and one of its WABAs has a number with an approved
 * display name (meta/limits.md §5).
 */
export function capOf(world: World, waba: Waba): number {
  const portfolio = world.get('business', waba.businessId);
  if (portfolio?.verificationStatus !== 'verified') return 250;
  for (const wabaId of portfolio.wabaIds) {
    for (const id of world.get('waba', wabaId)?.phoneNumberIds ?? []) {
      if (world.get('phone_number', id)?.nameStatus === 'APPROVED') return 6_000;
    }
  }
  return 250;
}

/** @throws GraphError where the WABA may not create another template now; Meta's pages name no subcode for the hour */
export function requireRoom(world: World, waba: Waba): void {
  const cap = capOf(world, waba);
  if (waba.templateIds.size >= cap) {
    const details = `At most ${cap} templates.`;
    const userTitle = 'Message template limit exceeded';
    throw new GraphError(100, details, { subcode: 2388019, message: 'Invalid parameter', userTitle });
  }
  const now = world.now();
  waba.creations = waba.creations.filter((at) => at > now - HOUR);
  if (waba.creations.length >= AN_HOUR) {
    throw new GraphError(80007, `A WABA can create ${AN_HOUR} templates an hour. Try again later.`);
  }
}
