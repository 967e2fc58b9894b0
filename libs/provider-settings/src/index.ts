export { Branding } from './branding.js';
export { LiveSettings } from './live-settings.js';
export { MetaApp, type MetaPartner } from './meta-app.js';
export { fingerprintOf, ProviderSettings, type ShownSecret } from './provider-settings.js';
export { ProviderSettingsModule } from './provider-settings.module.js';
export { isSecretKind, SECRET_KINDS, type SecretKind } from './secrets.js';
export type { BrandingSetting, LetterWording, MetaAppSetting } from './setting-values.js';
