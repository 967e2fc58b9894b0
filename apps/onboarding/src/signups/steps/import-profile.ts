import { GraphError } from '#libs/meta-cloud';
import { fetchProfile } from '../../numbers/fetch-profile.js';
import { type DoStep, needed } from '../step-tools.js';

/**
 * Keeps what customers see of the business. A profile that Meta does not show is no reason to keep a number waiting.
 * Templates are read by the gateway, which compares them with Meta's list as soon as the account is saved.
 */
export const importProfile: DoStep = async ({ tenantId, facts, token }, { graph, db, wabas, profiles }) => {
  const metaPhoneNumberId = needed(facts.phoneNumberId, 'a number');
  try {
    const profile = await fetchProfile(graph, metaPhoneNumberId, needed(token, 'a token'));
    await db.inTenant(tenantId, async (tx) => {
      const number = await wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId });
      if (number) await profiles.keep(tx, tenantId, number.phoneNumberId, profile);
    });
    return { is: 'done' };
  } catch (error) {
    if (!(error instanceof GraphError) || error.httpStatus >= 500 || error.httpStatus === 429) throw error;
    return { is: 'skipped', note: 'profile_hidden' };
  }
};
