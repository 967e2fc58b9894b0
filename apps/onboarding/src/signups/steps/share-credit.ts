import { type DoStep, needed } from '../step-tools.js';

interface Funded {
  primary_funding_id?: string;
}

/**
 * A solution partner pays Meta for its customers: its system user is assigned to the WABA, then its credit line is shared
 * and attached (Meta, share and revoke credit lines, 2025-12-12). A line cannot be exchanged once attached, so a WABA that
 * has a funding is left alone. Customers of a tech provider pay Meta themselves; the page tells them where.
 */
export const shareCredit: DoStep = async ({ facts, token }, { graph, partner }) => {
  const wabaId = needed(facts.wabaId, 'a WABA id');
  const { creditLineId, userId } = partner;
  if (!creditLineId || !partner.token) return { is: 'skipped', facts: { funding: 'own' }, note: 'own_payment' };
  const funded = await graph.call<Funded>({
    path: `/${wabaId}`,
    query: { fields: 'primary_funding_id' },
    token: needed(token, 'a token'),
  });
  if (funded.primary_funding_id) return { is: 'done', facts: { funding: 'credit-line' } };
  if (userId) {
    await graph.call({
      method: 'POST',
      path: `/${wabaId}/assigned_users`,
      query: { user: userId, tasks: "['MANAGE']" },
      token: needed(token, 'a token'),
    });
  }
  await graph.call({
    method: 'POST',
    path: `/${creditLineId}/whatsapp_credit_sharing_and_attach`,
    query: { waba_id: wabaId, waba_currency: facts.waba?.currency ?? 'USD' },
    token: partner.token,
  });
  return { is: 'done', facts: { funding: 'credit-line' } };
};
