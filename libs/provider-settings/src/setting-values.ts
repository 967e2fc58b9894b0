/** What merchants know the provider by; what is left out is as the environment says. */
export interface BrandingSetting {
  name?: string;
  /** `https:` or `data:`; empty for the name alone. */
  logo_url?: string;
  color?: string;
  /** Empty for none. */
  support_email?: string;
}

/** The provider at Meta; what is left out is as the environment says. */
export interface MetaAppSetting {
  app_id?: string;
  /** Login configuration of Embedded Signup. */
  signup_config_id?: string;
  system_user_id?: string;
  business_id?: string;
  /** Empty for a tech provider, whose customers pay Meta themselves. */
  credit_line_id?: string;
}

/** Settings with one value for the whole platform, by name. */
export interface SettingValues {
  branding: BrandingSetting;
  'meta-app': MetaAppSetting;
}
