import type { Branding } from '#libs/provider-settings';

/** The provider's own name, logo and colour on every hosted page. */
export interface PageBranding {
  /** What pages fill in. */
  values: Readonly<Record<'provider' | 'logo' | 'hasLogo' | 'support' | 'hasSupport', string>>;
  logoUrl: string;
  /** The style sheet that follows ours: an inline style would need a weaker content security policy. */
  css: string;
}

export function pageBranding({
  name,
  logoUrl,
  color,
  supportEmail,
}: Pick<Branding, 'name' | 'logoUrl' | 'color' | 'supportEmail'>): PageBranding {
  return {
    values: {
      provider: name,
      // An empty address would load the page again as a picture.
      logo: logoUrl || 'data:,',
      hasLogo: String(logoUrl !== ''),
      support: supportEmail,
      hasSupport: String(supportEmail !== ''),
    },
    logoUrl,
    css:
      `:root{--accent:${color}}\n` +
      // On a dark ground the colour itself may be too dark to read.
      `@media (prefers-color-scheme:dark){:root{--accent:color-mix(in srgb,${color} 45%,white)}}\n`,
  };
}
