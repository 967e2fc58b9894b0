import { GraphError } from '#libs/meta-cloud';
import { numberOfApp, numberOfSignup, numbersOf } from '../graph-account.js';
import { tryAgain } from '../judge-trouble.js';
import { timeZoneOf } from '../meta-time-zone.js';
import { type DoStep, needed, type StepTools } from '../step-tools.js';

interface GraphWaba {
  id: string;
  name?: string;
  currency?: string;
  timezone_id?: string | number;
  owner_business_info?: { id?: string };
  whatsapp_business_manager_messaging_limit?: string;
}

const WABA_FIELDS = 'id,name,currency,timezone_id,owner_business_info,whatsapp_business_manager_messaging_limit';
/** Until Meta says otherwise a portfolio may write to 250 customers a day (Meta, messaging limits, October 2025). */
const FIRST_LIMIT = 'TIER_250';

const readWaba = (tools: StepTools, wabaId: string, token: string): Promise<GraphWaba> =>
  tools.graph.call<GraphWaba>({ path: `/${wabaId}`, query: { fields: WABA_FIELDS }, token });

/** What Graph answers for an object that does not exist, also for one that the token may not see. */
const isMissing = (error: unknown): boolean =>
  error instanceof GraphError && error.code === 100 && error.subcode === 33;
const isHidden = (error: unknown): boolean =>
  isMissing(error) || (error instanceof GraphError && [10, 200].includes(error.code));

/** The WABA that the token was given for; the newest is first (Meta, Embedded Signup implementation, 2026-02-20). */
async function wabaOfToken(tools: StepTools, token: string): Promise<string | undefined> {
  const { data } = await tools.graph.call<{
    data?: { granular_scopes?: { scope: string; target_ids?: string[] }[] };
  }>({ path: '/debug_token', query: { input_token: token }, token: `${tools.app.id}|${tools.app.secret}` });
  return data?.granular_scopes?.find((s) => s.scope === 'whatsapp_business_management')?.target_ids?.[0];
}

/** The tenant's numbers here, by Meta's id, with their status. */
const statusesHere = ({ db, wabas }: StepTools, tenantId: string): Promise<Map<string, string>> =>
  db.inTenant(
    tenantId,
    async (tx) => new Map((await wabas.phoneNumbers(tx, tenantId)).map((n) => [n.metaPhoneNumberId, n.status])),
  );

/**
 * Proves that the token reaches the WABA, by reading it. What the dialog named is a claim of a browser: if the token
 * does not show it, or nothing was named, the token itself tells its account. The provider's own token tells nothing: it
 * sees the accounts of all. What we made with it may be shown a little later.
 */
export const proveAccess: DoStep = async ({ tenantId, kind, attempts, facts, token: given }, tools) => {
  const token = needed(given, 'a token');
  let waba: GraphWaba | undefined;
  if (facts.wabaId) {
    waba = await readWaba(tools, facts.wabaId, token).catch((error: unknown) => {
      if (kind === 'classic' ? isMissing(error) : isHidden(error)) return undefined;
      throw error;
    });
  }
  if (!waba && kind === 'classic') return { is: 'held-up', cause: 'meta_unavailable', ...tryAgain(attempts) };
  if (!waba) {
    const wabaId = await wabaOfToken(tools, token);
    if (!wabaId) return { is: 'held-up', cause: facts.wabaId ? 'access_refused' : 'nothing_shared' };
    waba = await readWaba(tools, wabaId, token);
  }
  const numbers = await numbersOf(tools.graph, waba.id, token);
  // Before they are saved here: later none of them is new.
  const ofApp = numberOfApp(numbers, facts.phoneNumberId, await statusesHere(tools, tenantId));
  const number = facts.byApp ? ofApp : numberOfSignup(numbers, facts.phoneNumberId);
  if (facts.byApp && !number) return { is: 'held-up', cause: 'no_number' };
  // The token's word counts; the business that the dialog named stands in only where Graph shows none.
  const businessId = waba.owner_business_info?.id ?? facts.businessId;
  if (!businessId) return { is: 'held-up', cause: 'business_unknown' };
  const timezoneId = String(waba.timezone_id ?? '');
  const { timezone, known } = timeZoneOf(timezoneId);
  return {
    is: 'done',
    facts: {
      wabaId: waba.id,
      businessId,
      phoneNumberId: number?.id,
      displayPhoneNumber: number?.display_phone_number,
      numberOfApp: ofApp?.is_on_biz_app ? ofApp.id : undefined,
      coexistence: number?.is_on_biz_app ?? facts.coexistence ?? false,
      waba: {
        name: waba.name ?? '',
        currency: waba.currency ?? 'USD',
        timezone,
        timezoneId,
        messagingLimit:
          number?.whatsapp_business_manager_messaging_limit ??
          waba.whatsapp_business_manager_messaging_limit ??
          FIRST_LIMIT,
      },
    },
    ...(known
      ? {}
      : { note: `Meta's time zone "${timezoneId}" has no name here; UTC is used until the provider corrects it.` }),
  };
};
