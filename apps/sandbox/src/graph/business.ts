import type { Json, Portfolio } from '../state/records.js';
import { parseFields, project } from './fields.js';
import { type GraphCall, requireText } from './graph-call.js';
import { badParameter, GraphError, noSuchObject } from './graph-error.js';
import { BUSINESS_USUAL, businessView, WABA_USUAL, wabaView } from './node-views.js';
import { page } from './paging.js';

// Currencies in which a WABA can be billed (pricing/rules.md §7.5).
const CURRENCIES = new Set('USD AED ARS AUD BRL CLP COP EUR GBP IDR INR MXN MYR PEN SAR SGD'.split(' '));

/** A portfolio is seen by whoever may see one of its WABAs; the partner's own only by its system user. */
function businessOf(call: GraphCall): Portfolio {
  const id = call.segments[0]!;
  const business = call.world.get('business', id);
  const scope = call.token?.wabaIds;
  if (!business || (scope && ![...business.wabaIds].some((wabaId) => scope.has(wabaId)))) throw noSuchObject(id);
  return business;
}

export const getBusiness = (call: GraphCall): Json =>
  project(businessView(businessOf(call)), parseFields(call.params.fields), BUSINESS_USUAL);

export function extendedCredits(call: GraphCall): Json {
  const business = businessOf(call);
  const lines = [...call.world.all('credit_line')].filter((line) => line.businessId === business.id);
  return page(call, lines, (line) => ({ id: line.id, legal_entity_name: line.legalName }));
}

/** Every WABA shared with the partner. */
export function clientWabas(call: GraphCall): Json {
  const business = businessOf(call);
  const wabas = [...call.world.all('waba')].filter(
    (waba) => waba.businessId !== business.id && [...waba.subscriptions.keys()].includes(call.world.app.id),
  );
  return page(call, wabas, (waba) => project(wabaView(call, waba), parseFields(call.params.fields), WABA_USUAL));
}

export function ownedWabas(call: GraphCall): Json {
  const wabas = Array.from(businessOf(call).wabaIds, (id) => call.world.get('waba', id)!);
  return page(call, wabas, (waba) => project(wabaView(call, waba), parseFields(call.params.fields), WABA_USUAL));
}

/** Makes an account in the partner's own portfolio, as Meta lets some partners do. */
export function createWaba(call: GraphCall): Json {
  const business = businessOf(call);
  if (call.token?.wabaIds) throw new GraphError(10, 'Accounts are made with the token of the partner’s system user.');
  const currency = String(call.params.currency ?? 'USD').toUpperCase();
  if (!CURRENCIES.has(currency)) throw badParameter(`currency must be one of {${[...CURRENCIES].join(', ')}}.`);
  const waba = call.world.addWaba({
    name: requireText(call, 'name'),
    businessId: business.id,
    currency,
    timezone: 'America/Los_Angeles',
    country: business.country,
  });
  return { id: waba.id };
}

/** Shares the partner's credit line with a customer and attaches it to the WABA, once (meta/onboarding.md §2). */
export function shareCredit(call: GraphCall): Json {
  const { world } = call;
  const line = world.get('credit_line', call.segments[0])!;
  if (call.token?.wabaIds)
    throw new GraphError(10, 'Credit lines are shared with the token of the partner’s system user.');
  const wabaId = requireText(call, 'waba_id');
  const currency = requireText(call, 'waba_currency').toUpperCase();
  if (!CURRENCIES.has(currency)) throw badParameter(`waba_currency must be one of {${[...CURRENCIES].join(', ')}}.`);
  const waba = world.get('waba', wabaId);
  if (!waba) throw noSuchObject(wabaId);
  const held = waba.fundingId === undefined ? undefined : world.get('allocation', waba.fundingId);
  if (held && (held.creditLineId !== line.id || held.currency !== currency))
    throw badParameter('A credit line is already attached to this account and cannot be exchanged.');
  const allocation =
    held ?? world.addAllocation({ creditLineId: line.id, wabaId: waba.id, businessId: waba.businessId, currency });
  waba.currency = currency;
  waba.fundingId = allocation.id;
  waba.paymentMissing = false;
  return { allocation_config_id: allocation.id, waba_id: waba.id };
}

export function getAllocation(call: GraphCall): Json {
  const allocation = call.world.get('allocation', call.segments[0])!;
  return {
    id: allocation.id,
    receiving_credential: { id: allocation.id },
    receiving_business: { id: allocation.businessId },
  };
}

/** Revokes the credit of all WABAs of that customer (meta/onboarding.md §2). */
export function revokeAllocation(call: GraphCall): Json {
  const { world } = call;
  if (call.token?.wabaIds) throw new GraphError(10, 'Only the partner’s system user revokes credit.');
  const allocation = world.get('allocation', call.segments[0])!;
  for (const wabaId of world.get('business', allocation.businessId)?.wabaIds ?? []) {
    const waba = world.get('waba', wabaId);
    if (!waba?.fundingId) continue;
    waba.fundingId = undefined;
    waba.paymentMissing = true;
  }
  world.removeNode(allocation.id);
  return { success: true };
}
