/** Meta's SDK opens frames and calls on its own hosts (seen with connect.facebook.net, facebook.com). */
const META_FRAMES = ['https://www.facebook.com', 'https://web.facebook.com'];

/**
 * What the signup page may load: our own files, and the SDK from where it is configured. No inline script, no foreign
 * form, no frame around it.
 */
export function contentSecurityPolicy(sdkUrl: string, logoUrl = ''): string {
  const sdk = new URL(sdkUrl).origin;
  const meta = /(^|\.)facebook\.(com|net)$/.test(new URL(sdkUrl).hostname) ? META_FRAMES : [sdk];
  return [
    "default-src 'none'",
    `script-src 'self' ${sdk}`,
    "style-src 'self'",
    `img-src 'self' data:${/^https?:/.test(logoUrl) ? ` ${new URL(logoUrl).origin}` : ''}`,
    `connect-src 'self' ${meta.join(' ')}`,
    `frame-src ${meta.join(' ')}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
