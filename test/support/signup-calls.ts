import type { Json } from './onboarding.js';

/** A call to Graph that a signup makes after its code was exchanged. */
export interface SignupCall {
  doing: string;
  /** Part of its path, for a fault that strikes this signup alone where the path has an id. */
  path: (meta: Json) => string;
  /** Earlier calls with that path, which are let through. */
  before?: number;
  /** What is chosen in the dialog. */
  choices?: Json;
}

export const SIGNUP_CALLS: readonly SignupCall[] = [
  { doing: 'reading the account', path: (m) => `/${m.waba_id}` },
  { doing: 'reading its numbers', path: (m) => `/${m.waba_id}/phone_numbers` },
  { doing: 'looking whether the app is subscribed', path: (m) => `/${m.waba_id}/subscribed_apps` },
  { doing: 'subscribing the app', path: (m) => `/${m.waba_id}/subscribed_apps`, before: 1 },
  { doing: 'assigning the system user', path: (m) => `/${m.waba_id}/assigned_users` },
  { doing: 'sharing the credit line', path: () => '/whatsapp_credit_sharing_and_attach' },
  { doing: 'registering the number', path: (m) => `/${m.phone_number_id}/register` },
  { doing: 'importing the numbers', path: (m) => `/${m.waba_id}/phone_numbers`, before: 1 },
  { doing: 'reading the profile', path: (m) => `/${m.phone_number_id}/whatsapp_business_profile` },
  {
    doing: 'asking the app for contacts',
    path: (m) => `/${m.phone_number_id}/smb_app_data`,
    choices: { event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' },
  },
];
