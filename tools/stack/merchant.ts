import { ApiError, call, type Json, until } from './api.js';
import type { Stack } from './stack.js';

/** What a merchant needs of a stack: where its apps are, and the passwords its people get. */
export interface Reach {
  urls: Stack['urls'];
  secrets: Pick<Stack['secrets'], 'ownerPassword' | 'staffPassword'>;
}

/** A merchant as stack.json shows it. */
export interface Merchant {
  id: string;
  name: string;
  apiKey: string;
  wabaId: string;
  phoneNumberId: string;
  displayPhoneNumber: string;
  webhookSecret: string;
  owner: { email: string; password: string };
}

export interface MerchantPlan {
  name: string;
  email: string;
  country: string;
  currency: string;
  timezone: string;
  phoneNumber?: string;
  /** The number stays in the WhatsApp Business app as well. */
  coexistence?: boolean;
  /** An account that is there already gets one more number. */
  account?: { businessId: string; wabaId: string };
}

/** A step of a signup as the onboarding app tells it. */
export interface SignupStep {
  step: string;
  state: string;
  title?: string;
}
export interface SignupView {
  id: string;
  state: string;
  steps: SignupStep[];
  waba_id?: string;
  phone_number_id?: string;
}

/** Founds an account and signs its owner in; also one that a start founded that was interrupted before it was done. */
export async function openAccount(
  stack: Reach,
  plan: MerchantPlan,
): Promise<{ tenantId: string; session: string; password: string }> {
  const onboarding = stack.urls.onboarding as string;
  const password = stack.secrets.ownerPassword;
  await call('POST', `${onboarding}/api/v1/accounts`, {
    body: { company: plan.name, country: plan.country, email: plan.email, password },
  }).catch((error) => {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  });
  const session = await call<{ access_token: string; tenant: { id: string } }>(
    'POST',
    `${onboarding}/api/v1/sessions`,
    {
      body: { email: plan.email, password },
    },
  );
  return { tenantId: session.tenant.id, session: session.access_token, password };
}

/**
 * Embedded signup without a browser: the sandbox plays the merchant in Meta's dialog, and code and event go to the API
 * as the page would post them.
 */
export async function connectNumber(
  stack: Reach,
  session: string,
  plan: MerchantPlan,
): Promise<SignupView & { businessId: string; wabaId: string; phoneNumberId: string }> {
  const signups = `${stack.urls.onboarding}/api/v1/signups`;
  const signup = await call<SignupView>('POST', signups, { token: session, body: { kind: 'embedded' } });
  const dialog = await call<{
    code: string;
    event: Json;
    business_id: string;
    waba_id: string;
    phone_number_id: string;
  }>('POST', `${stack.urls.sandbox}/_sandbox/embedded_signup`, {
    body: {
      business_name: plan.name,
      display_name: plan.name,
      country: plan.country,
      currency: plan.currency,
      timezone: plan.timezone,
      ...(plan.phoneNumber ? { phone_number: plan.phoneNumber } : {}),
      ...(plan.account ? { business_id: plan.account.businessId, waba_id: plan.account.wabaId } : {}),
      event: plan.coexistence ? 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' : 'FINISH',
    },
  });
  await call('POST', `${signups}/${signup.id}/code`, { token: session, body: { code: dialog.code } });
  await call('POST', `${signups}/${signup.id}/event`, { token: session, body: dialog.event });
  const live = await until('the signup to go live', async () => {
    const now = await call<SignupView>('GET', `${signups}/${signup.id}`, { token: session });
    if (now.state === 'failed') throw new Error(`the signup failed: ${JSON.stringify(now)}`);
    return now.state === 'live' && now;
  });
  return {
    ...live,
    businessId: dialog.business_id,
    wabaId: dialog.waba_id,
    phoneNumberId: dialog.phone_number_id,
  };
}

export async function issueKey(stack: Reach, session: string): Promise<string> {
  const key = await call<{ api_key: string }>('POST', `${stack.urls.onboarding}/api/v1/api-keys`, {
    token: session,
    body: { name: 'first key' },
  });
  return key.api_key;
}

export async function displayNumber(stack: Reach, apiKey: string, phoneNumberId: string): Promise<string> {
  const number = await call<{ display_phone_number: string }>('GET', `${stack.urls.gateway}/v24.0/${phoneNumberId}`, {
    token: apiKey,
  });
  return `+${number.display_phone_number.replace(/\D/g, '')}`;
}

const TEMPLATES: readonly Json[] = [
  {
    name: 'order_update',
    language: 'en_US',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'Hi {{1}}, your order {{2}} is on its way.', example: { body_text: [['Ana', '1042']] } },
    ],
  },
  {
    name: 'spring_sale',
    language: 'en_US',
    category: 'MARKETING',
    components: [
      {
        type: 'BODY',
        text: 'Hello {{1}}, our spring sale has begun: 20 % off until Sunday.',
        example: { body_text: [['Ana']] },
      },
      { type: 'FOOTER', text: 'Reply STOP to opt out' },
    ],
  },
  {
    name: 'login_code',
    language: 'en_US',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', add_security_recommendation: true },
      { type: 'FOOTER', code_expiration_minutes: 10 },
      { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy code' }] },
    ],
  },
];

/** Submits the three templates that stack.json promises and waits for Meta's approval. */
export async function submitTemplates(stack: Reach, apiKey: string, wabaId: string): Promise<void> {
  const url = `${stack.urls.gateway}/v24.0/${wabaId}/message_templates`;
  for (const template of TEMPLATES) await call('POST', url, { token: apiKey, body: template });
  await until('the templates to be approved', async () => {
    const { data } = await call<{ data: { status: string }[] }>('GET', url, { token: apiKey });
    return data.length >= TEMPLATES.length && data.every((t) => t.status === 'APPROVED');
  });
}

/** A merchant as the stack promises it: signed up, a live number, three approved templates. */
export async function seedMerchant(stack: Reach, plan: MerchantPlan): Promise<Merchant> {
  const { tenantId, session, password } = await openAccount(stack, plan);
  const { wabaId, phoneNumberId } = await connectNumber(stack, session, plan);
  const apiKey = await issueKey(stack, session);
  await submitTemplates(stack, apiKey, wabaId);
  const { secret } = await call<{ secret: string }>('GET', `${stack.urls.gateway}/api/v1/webhooks/secret`, {
    token: apiKey,
  });
  return {
    id: tenantId,
    name: plan.name,
    apiKey,
    wabaId,
    phoneNumberId,
    displayPhoneNumber: await displayNumber(stack, apiKey, phoneNumberId),
    webhookSecret: secret,
    owner: { email: plan.email, password },
  };
}

export const DEMO_MERCHANTS: readonly MerchantPlan[] = [
  {
    name: 'Tienda Luna',
    email: 'owner@tienda-luna.example',
    country: 'MX',
    currency: 'USD',
    timezone: 'America/Mexico_City',
  },
  {
    name: 'Café Aurora',
    email: 'owner@cafe-aurora.example',
    country: 'BR',
    currency: 'USD',
    timezone: 'America/Sao_Paulo',
  },
];
