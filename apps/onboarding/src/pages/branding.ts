import { loadConfig } from '#libs/config';

/** The provider's own name, logo and colour on every hosted page. */
export interface Branding {
  /** What pages fill in. */
  values: Readonly<Record<'provider' | 'logo' | 'hasLogo' | 'support' | 'hasSupport', string>>;
  logoUrl: string;
  /** The style sheet that follows ours: an inline style would need a weaker content security policy. */
  css: string;
}

export function branding(): Branding {
  const config = loadConfig(['PROVIDER_NAME', 'PROVIDER_LOGO_URL', 'PROVIDER_COLOR', 'SUPPORT_EMAIL']);
  const { PROVIDER_COLOR: color, PROVIDER_LOGO_URL: logo, SUPPORT_EMAIL: support } = config;
  return {
    values: {
      provider: config.PROVIDER_NAME,
      // An empty address would load the page again as a picture.
      logo: logo || 'data:,',
      hasLogo: String(logo !== ''),
      support,
      hasSupport: String(support !== ''),
    },
    logoUrl: logo,
    css:
      `:root{--accent:${color}}\n` +
      // On a dark ground the colour itself may be too dark to read.
      `@media (prefers-color-scheme:dark){:root{--accent:color-mix(in srgb,${color} 45%,white)}}\n`,
  };
}
