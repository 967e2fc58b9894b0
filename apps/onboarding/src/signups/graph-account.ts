import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { GraphClient } from '#libs/meta-cloud';
import { isRegistered as isRegisteredStatus } from '#libs/wabas';

/** A number as Graph shows it (Meta, phone numbers, 2026-02-27); absent fields are those the token may not see. */
export interface GraphNumber {
  id: string;
  display_phone_number?: string;
  verified_name?: string;
  status?: string;
  quality_rating?: string;
  throughput?: { level?: string };
  platform_type?: string;
  is_on_biz_app?: boolean;
  code_verification_status?: string;
  name_status?: string;
  new_display_name?: string;
  new_name_status?: string;
  is_official_business_account?: boolean;
  whatsapp_business_manager_messaging_limit?: string;
}

const NUMBER_FIELDS = [
  'id',
  'display_phone_number',
  'verified_name',
  'status',
  'quality_rating',
  'throughput',
  'platform_type',
  'is_on_biz_app',
  'code_verification_status',
  'name_status',
  'new_display_name',
  'new_name_status',
  'is_official_business_account',
  'whatsapp_business_manager_messaging_limit',
].join(',');

/** A WABA holds at most 20 numbers as a rule; more pages than this would be a loop. */
const MOST_PAGES = 20;

/** A number as a row of digits: Graph and people write the same one differently. */
export const digitsOf = (phone: string): string => phone.replace(/\D/g, '');

/** One number as Graph shows it now. @throws GraphError, GraphUnreachableError */
export const numberById = (graph: GraphClient, id: string, token: string): Promise<GraphNumber> =>
  graph.call<GraphNumber>({ path: `/${id}`, query: { fields: NUMBER_FIELDS }, token });

/** Every number of a WABA, all pages of the list. */
export async function numbersOf(graph: GraphClient, wabaId: string, token: string): Promise<GraphNumber[]> {
  const numbers: GraphNumber[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await graph.call<{
      data: GraphNumber[];
      paging?: { cursors?: { after?: string }; next?: string };
    }>({ path: `/${wabaId}/phone_numbers`, query: { fields: NUMBER_FIELDS, limit: '100', after }, token });
    numbers.push(...answer.data);
    after = answer.paging?.next ? answer.paging.cursors?.after : undefined;
    if (!after) break;
  }
  return numbers;
}

/**
 * Puts a number on a WABA's list. One that stands there already, because an answer was lost, is not added again.
 *
 * @param as `phone` in E.164; `migrate` brings it from another provider, where its two-step PIN must be off
 * @returns Meta's id of the number; undefined for a phone that is no number
 * @throws GraphError, GraphUnreachableError
 */
export async function putOnList(
  graph: GraphClient,
  wabaId: string,
  token: string,
  as: { phone: string; displayName: string; migrate?: boolean },
): Promise<string | undefined> {
  const parsed = parsePhoneNumberFromString(as.phone);
  if (!parsed) return undefined;
  const digits = digitsOf(as.phone);
  const held = (await numbersOf(graph, wabaId, token)).find((n) => digitsOf(n.display_phone_number ?? '') === digits);
  if (held) return held.id;
  const made = await graph.call<{ id: string }>({
    method: 'POST',
    path: `/${wabaId}/phone_numbers`,
    body: {
      cc: parsed.countryCallingCode,
      phone_number: parsed.nationalNumber,
      verified_name: as.displayName,
      ...(as.migrate ? { migrate_phone_number: true } : {}),
    },
    token,
  });
  return made.id;
}

/** Whether the number can send through the Cloud API already. */
export const isRegistered = (number: GraphNumber): boolean =>
  number.status === 'CONNECTED' && number.platform_type === 'CLOUD_API';

/**
 * The number this signup is about: the one the dialog named if the WABA has it, else one that waits to be registered
 * (the dialog has just verified it), else the first.
 */
export function numberOfSignup(numbers: readonly GraphNumber[], named: string | undefined): GraphNumber | undefined {
  return (
    numbers.find((n) => n.id === named) ??
    numbers.find((n) => !isRegistered(n) && n.code_verification_status === 'VERIFIED') ??
    numbers.find((n) => !isRegistered(n)) ??
    numbers[0]
  );
}

/**
 * The number that a signup by the WhatsApp Business app is about: the one the dialog named if the WABA has it, which as a rule
 * it does not say; else one of the app that is new here, or was cut off, before one that is connected.
 *
 * @param statusHere by Meta's id, of the numbers that the tenant has here
 * @returns undefined where the WABA has no number of the app: one that waits to be registered is another signup's
 */
export function numberOfApp(
  numbers: readonly GraphNumber[],
  named: string | undefined,
  statusHere: ReadonlyMap<string, string>,
): GraphNumber | undefined {
  const ofApp = numbers.filter((n) => n.is_on_biz_app === true);
  const isConnected = (n: GraphNumber) => isRegisteredStatus(statusHere.get(n.id) ?? '');
  return (
    numbers.find((n) => n.id === named) ??
    ofApp.find((n) => !statusHere.has(n.id)) ??
    ofApp.find((n) => !isConnected(n)) ??
    ofApp[0]
  );
}

/** How our tables hold what Graph says of a number. */
export const factsOfNumber = (number: GraphNumber) => ({
  metaPhoneNumberId: number.id,
  displayPhoneNumber: number.display_phone_number ?? '',
  ...(number.verified_name === undefined ? {} : { verifiedName: number.verified_name }),
  ...(number.status === undefined ? {} : { status: number.status }),
  ...(number.quality_rating === undefined ? {} : { qualityRating: number.quality_rating }),
  ...(number.throughput?.level === undefined ? {} : { throughputLevel: number.throughput.level }),
  ...(number.is_on_biz_app === undefined ? {} : { coexistence: number.is_on_biz_app }),
  ...(number.code_verification_status === undefined ? {} : { codeStatus: number.code_verification_status }),
  ...(number.name_status === undefined ? {} : { nameStatus: number.name_status }),
  ...(number.is_official_business_account === undefined ? {} : { official: number.is_official_business_account }),
  newDisplayName: number.new_display_name ?? null,
  newNameStatus: number.new_name_status ?? null,
});
