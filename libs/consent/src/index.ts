export { ConsentModule } from './consent.module.js';
export { consentEvent } from './consent-event.js';
export {
  type ConsentRecord,
  type ConsentSource,
  type ConsentState,
  type HeldConsent,
  isYetToCome,
  type NewConsent,
  PURPOSES,
  type Purpose,
  purposeOf,
  type Standing,
} from './consent-record.js';
export { type ConsentRules, ConsentSettings } from './consent-settings.js';
export { type ConsentChange, Consents } from './consents.js';
export { forgetConsents } from './forget-consents.js';
export { HeedWishes, type Wished } from './heed-wishes.js';
export { type Asked, type Stop, Suppression } from './suppression.js';
export { type Wish, wishIn } from './wish-in.js';
