/** What the provider can switch off, and whether for one tenant alone. All of it is on until somebody does. */
export const FEATURES = {
  accounts: { means: 'opening an account without an invitation', ofTenants: false },
  applications: { means: 'applying to be connected', ofTenants: false },
  campaigns: { means: 'launching campaigns', ofTenants: true },
} as const satisfies Record<string, { means: string; ofTenants: boolean }>;
export type Feature = keyof typeof FEATURES;

export const FEATURE_NAMES = Object.keys(FEATURES) as Feature[];
export const isFeature = (text: string): text is Feature => Object.hasOwn(FEATURES, text);

/** A switch that somebody has set. */
export interface Switch {
  on: boolean;
}

/** The setting that holds a switch. */
export const featureSetting = (feature: Feature): string => `feature.${feature}`;

/** Whether a feature is on: the tenant's own switch counts before the provider's. */
export const isSwitchedOn = (feature: Feature, provider: Switch | undefined, tenant: Switch | undefined): boolean =>
  (FEATURES[feature].ofTenants ? tenant?.on : undefined) ?? provider?.on ?? true;
