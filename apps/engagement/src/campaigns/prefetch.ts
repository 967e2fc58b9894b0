/** Headers of a request, in small letters. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Words in the names of programs that open links by themselves: previews of messengers (WhatsApp's own and Meta's among them),
 * search engines, scanners of mail and networks. General knowledge of 2026-11; who is missing is counted as a person.
 */
const PROGRAMS =
  /bot\b|crawler|spider|preview|facebookexternalhit|facebookcatalog|meta-external|^whatsapp\/|slackbot|skypeuripreview|google-safety|googleother|bingpreview|headless|curl\/|wget\/|python-requests|go-http-client|okhttp|safelinks|barracuda|proofpoint/i;

/**
 * Whether a request opens a link without a person having followed it. Browsers that load ahead say so (`Sec-Purpose`, Fetch
 * standard; `Purpose` and `X-Moz` before it), and who asks for headers alone looks at nothing.
 */
export function isPrefetch(method: string, headers: Headers): boolean {
  if (method !== 'GET') return true;
  const says = (name: string): string => String(headers[name] ?? '');
  if (/prefetch|prerender|preview/i.test(`${says('sec-purpose')} ${says('purpose')} ${says('x-moz')}`)) return true;
  const agent = says('user-agent');
  return agent === '' || PROGRAMS.test(agent);
}
