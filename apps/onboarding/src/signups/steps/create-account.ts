import { type DoStep, needed } from '../step-tools.js';

interface OwnedWaba {
  id: string;
  name?: string;
}
/** More pages than this would be a loop: a partner has thousands of accounts at most. */
const MOST_PAGES = 200;

/**
 * Makes the account of an approved application in the provider's own portfolio, with the token of its system user. Meta's
 * reference (v23, 2025-11) lists the edge for reading; making accounts there is open to partners whom Meta lets. The name
 * bears the application's mark, so that an account whose answer was lost is found and not made again.
 */
export const createAccount: DoStep = async ({ facts, token: given }, { graph, partner: { businessId } }) => {
  if (!businessId) return { is: 'held-up', cause: 'platform_misconfigured' };
  const token = needed(given, 'a token');
  if (facts.wabaId) return { is: 'done' };
  const { displayName } = needed(facts.wanted, 'a wanted number');
  const mark = needed(facts.applicationId, 'an application').slice(-12);
  const path = `/${businessId}/owned_whatsapp_business_accounts`;
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, paging } = await graph.call<{
      data: OwnedWaba[];
      paging?: { cursors?: { after?: string }; next?: string };
    }>({ path, query: { fields: 'id,name', limit: '100', after }, token });
    const made = data.find((w) => w.name?.endsWith(mark));
    if (made) return { is: 'done', facts: { wabaId: made.id } };
    after = paging?.next ? paging.cursors?.after : undefined;
    if (!after) break;
  }
  const { id } = await graph.call<{ id: string }>({
    method: 'POST',
    path,
    body: { name: `${displayName} ${mark}`, currency: facts.waba?.currency ?? 'USD' },
    token,
  });
  return { is: 'done', facts: { wabaId: id } };
};
