import { GraphError } from '#libs/meta-cloud';
import { type DoStep, needed, type StepInput, type StepTools } from '../step-tools.js';

interface Funded {
  primary_funding_id?: string;
}

/**
 * Whether what pays for a WABA is our credit line, and no card of the merchant's: the allocation that we made of it names what
 * it paid into (Meta, share and revoke credit lines, 2025-12-12). Without its name, because the answer was lost or it was made
 * by an earlier signup, only what we asked for or noted can tell.
 */
async function isOurLine(
  fundingId: string,
  { tenantId, facts }: StepInput,
  { graph, db, wabas, partner }: StepTools,
): Promise<boolean> {
  if (facts.allocationId) {
    const path = `/${facts.allocationId}`;
    const query = { fields: 'receiving_credential{id}' };
    const allocation = await graph
      .call<{ receiving_credential?: { id?: string } }>({ path, query, token: needed(partner.token, 'a token') })
      .catch((error: unknown) => {
        // It was revoked meanwhile.
        if (error instanceof GraphError && error.code === 100) return undefined;
        throw error;
      });
    return allocation?.receiving_credential?.id === fundingId;
  }
  const metaWabaId = needed(facts.wabaId, 'a WABA id');
  if (facts.lineAskedFor === metaWabaId) return true;
  const held = await db.inTenant(tenantId, (tx) => wabas.waba(tx, tenantId, { metaWabaId }));
  return held?.funding === 'credit-line';
}

/**
 * A solution partner pays Meta for its customers: its system user is assigned to the WABA, then its credit line is shared
 * and attached (Meta, share and revoke credit lines, 2025-12-12). A line cannot be exchanged once attached, so a WABA that
 * has a funding is left alone. Customers of a tech provider pay Meta themselves; the page tells them where.
 */
export const shareCredit: DoStep = async (at, tools) => {
  const { facts, token } = at;
  const { graph, partner } = tools;
  const wabaId = needed(facts.wabaId, 'a WABA id');
  const { creditLineId, userId } = partner;
  if (!creditLineId || !partner.token) return { is: 'skipped', facts: { funding: 'own' }, note: 'own_payment' };
  const funded = await graph.call<Funded>({
    path: `/${wabaId}`,
    query: { fields: 'primary_funding_id' },
    token: needed(token, 'a token'),
  });
  if (funded.primary_funding_id) {
    const isOurs = await isOurLine(funded.primary_funding_id, at, tools);
    return { is: 'done', facts: { funding: isOurs ? 'credit-line' : 'own' } };
  }
  if (userId) {
    await graph.call({
      method: 'POST',
      path: `/${wabaId}/assigned_users`,
      query: { user: userId, tasks: "['MANAGE']" },
      token: needed(token, 'a token'),
    });
  }
  // Said before: a line that only Meta knew to be ours would pass for a card of the merchant's.
  const isOpen = facts.lineAskedFor === wabaId;
  if (!isOpen) await at.keep({ lineAskedFor: wabaId });
  const shared = await graph
    .call<{ allocation_config_id?: string }>({
      method: 'POST',
      path: `/${creditLineId}/whatsapp_credit_sharing_and_attach`,
      query: { waba_id: wabaId, waba_currency: facts.waba?.currency ?? 'USD' },
      token: partner.token,
    })
    .catch(async (error: unknown) => {
      // Refused, unless an earlier call of which nobody heard was not.
      if (!isOpen && error instanceof GraphError && error.httpStatus < 500) await at.keep({ lineAskedFor: undefined });
      throw error;
    });
  return { is: 'done', facts: { funding: 'credit-line', allocationId: shared.allocation_config_id } };
};
