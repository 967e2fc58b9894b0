import type { Json, PhoneNumber, Portfolio, Template, Waba } from '../state/records.js';
import type { World } from '../state/world.js';
import type { GraphCall } from './graph-call.js';

// The fields a node can show, and those it shows unasked. What is costly is a function, called only when asked for.

export const PHONE_NUMBER_USUAL = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
];

const platformOf = (number: PhoneNumber) =>
  number.onPremises !== undefined ? 'ON_PREMISE' : number.registered ? 'CLOUD_API' : 'NOT_APPLICABLE';

export function phoneNumberView(call: Pick<GraphCall, 'world'>, number: PhoneNumber): Json {
  const { world } = call;
  const waba = world.get('waba', number.wabaId);
  const app = waba && [...waba.subscriptions.values()][0];
  const limit = world.get('business', waba?.businessId)?.messagingLimit;
  return {
    id: number.id,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    status: number.status,
    quality_rating: number.qualityRating,
    quality_score: { score: number.qualityRating },
    code_verification_status: number.codeVerificationStatus,
    name_status: number.nameStatus,
    new_display_name: number.newDisplayName,
    new_name_status: number.newNameStatus ?? 'NONE',
    platform_type: platformOf(number),
    host_platform: platformOf(number),
    throughput: { level: number.throughputLevel },
    account_mode: number.accountMode,
    is_on_biz_app: number.onBusinessApp,
    is_pin_enabled: number.pin !== undefined,
    is_official_business_account: false,
    country_dial_code: number.cc,
    messaging_limit_tier: limit,
    whatsapp_business_manager_messaging_limit: limit,
    last_onboarded_time: new Date(number.onboardedAt)
      .toISOString()
      .replace('.000Z', '+0000')
      .replace(/\.\d+Z/, '+0000'),
    whatsapp_business_account: { id: number.wabaId },
    webhook_configuration: {
      ...(number.overrideUrl && { phone_number: number.overrideUrl }),
      ...(app?.overrideUrl && { whatsapp_business_account: app.overrideUrl }),
      ...(app && { application: world.get('app', app.appId)?.callbackUrl }),
    },
    health_status: () => health(world, waba, number),
  };
}

export const WABA_USUAL = ['name', 'currency', 'timezone_id', 'message_template_namespace'];

export function wabaView(call: Pick<GraphCall, 'world'>, waba: Waba): Json {
  const { world } = call;
  const business = world.get('business', waba.businessId);
  return {
    id: waba.id,
    name: waba.name,
    currency: waba.currency,
    timezone_id: waba.timezone,
    country: waba.country,
    message_template_namespace: waba.namespace,
    account_review_status: waba.reviewStatus,
    business_verification_status: business?.verificationStatus,
    ownership_type: 'CLIENT_OWNED',
    status: 'ACTIVE',
    owner_business: { id: waba.businessId, name: business?.name },
    owner_business_info: { id: waba.businessId, name: business?.name },
    primary_funding_id: waba.fundingId,
    whatsapp_business_manager_messaging_limit: business?.messagingLimit,
    health_status: () => health(world, waba),
    phone_numbers: () => ({
      data: Array.from(waba.phoneNumberIds, (id) => {
        const number = world.get('phone_number', id)!;
        const all = phoneNumberView(call, number);
        return Object.fromEntries([...PHONE_NUMBER_USUAL, 'status', 'id'].map((name) => [name, all[name]]));
      }),
    }),
  };
}

export const TEMPLATE_USUAL = [
  'name',
  'parameter_format',
  'components',
  'language',
  'status',
  'category',
  'sub_category',
];

export const templateView = (world: World, template: Template): Json => ({
  id: template.id,
  name: template.name,
  parameter_format: template.parameterFormat,
  components: template.components,
  language: template.language,
  status: template.status,
  category: template.category,
  sub_category: 'CUSTOM',
  previous_category: template.previousCategory,
  correct_category: template.correctCategory,
  quality_score: { score: template.quality, date: Math.floor(world.now() / 1000) },
  rejected_reason: template.rejectedReason,
  message_send_ttl_seconds: template.ttlSeconds,
  health_status: {
    can_send_message: template.status === 'APPROVED' ? 'AVAILABLE' : 'BLOCKED',
    entities: [
      {
        entity_type: 'MESSAGE_TEMPLATE',
        id: template.id,
        can_send_message: template.status === 'APPROVED' ? 'AVAILABLE' : 'BLOCKED',
        ...(template.status !== 'APPROVED' && {
          errors: [{ error_code: 141002, error_description: 'Not approved', possible_solution: 'Edit or appeal' }],
        }),
      },
    ],
  },
});

export const BUSINESS_USUAL = ['name'];

export const businessView = (business: Portfolio): Json => ({
  id: business.id,
  name: business.name,
  verification_status: business.verificationStatus,
  country: business.country,
  primary_business_location: business.country,
  whatsapp_business_manager_messaging_limit: business.messagingLimit,
});

/** `health_status`: the whole is as bad as its worst part (meta/onboarding.md §5). */
function health(world: World, waba: Waba | undefined, number?: PhoneNumber): Json {
  const blocked = (code: number, description: string, solution: string) => ({
    can_send_message: 'BLOCKED',
    errors: [{ error_code: code, error_description: description, possible_solution: solution }],
  });
  const entities: Json[] = [];
  if (number) {
    entities.push({
      entity_type: 'PHONE_NUMBER',
      id: number.id,
      ...(number.registered && number.status !== 'BANNED'
        ? { can_send_message: 'AVAILABLE' }
        : blocked(141000, 'The number cannot send', 'Register the number')),
    });
  }
  if (waba) {
    entities.push({
      entity_type: 'WABA',
      id: waba.id,
      ...(waba.paymentMissing
        ? blocked(141006, 'There is no payment method', 'Add a payment method')
        : { can_send_message: 'AVAILABLE' }),
    });
    entities.push({ entity_type: 'BUSINESS', id: waba.businessId, can_send_message: 'AVAILABLE' });
  }
  entities.push({ entity_type: 'APP', id: world.app.id, can_send_message: 'AVAILABLE' });
  const worst = entities.some((entity) => entity.can_send_message === 'BLOCKED') ? 'BLOCKED' : 'AVAILABLE';
  return { can_send_message: worst, entities };
}
