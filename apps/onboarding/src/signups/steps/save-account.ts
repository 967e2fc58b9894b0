import { timeZoneOf } from '../meta-time-zone.js';
import { type DoStep, needed } from '../step-tools.js';

/**
 * Makes portfolio, WABA and number rows of this tenant, in one transaction, with the token sealed at the WABA. From here
 * on no other tenant can connect them. A number that was given up here begins its way again.
 */
export const saveAccount: DoStep = async ({ tenantId, kind, facts, token }, { db, wabas, numbers, partner }) => {
  const waba = needed(facts.waba, 'a proven WABA');
  const metaWabaId = needed(facts.wabaId, 'a WABA id');
  await db.inTenant(tenantId, async (tx) => {
    const { portfolioId } = await wabas.savePortfolio(tx, tenantId, {
      metaBusinessId: needed(facts.businessId, 'a business id'),
      messagingLimit: waba.messagingLimit,
      // Accounts of applications stand in the provider's own portfolio, which is nobody's alone.
      shared: facts.businessId === partner.businessId,
    });
    const { wabaId } = await wabas.saveWaba(tx, tenantId, {
      portfolioId,
      metaWabaId,
      name: waba.name,
      currency: waba.currency,
      timezone: waba.timezone,
      unnamedTimezone: timeZoneOf(waba.timezoneId).known ? null : waba.timezoneId,
      token: needed(token, 'a token'),
      // With which an application is carried out.
      asProvider: kind === 'classic',
    });
    if (facts.phoneNumberId) {
      const known = await numbers.find(tx, tenantId, facts.phoneNumberId);
      const isBack = known?.care.state === 'released';
      const number = await wabas.savePhoneNumber(tx, tenantId, {
        wabaId,
        metaPhoneNumberId: facts.phoneNumberId,
        displayPhoneNumber: facts.displayPhoneNumber ?? '',
        coexistence: facts.coexistence ?? false,
        ...(isBack ? { status: 'PENDING' } : {}),
      });
      if (isBack) await numbers.begin(tx, number, { state: 'added', migrates: false });
    }
  });
  return { is: 'done' };
};
