import type { Fields, Problems } from './problems.js';

// Meta, interactive call-to-action page of 2025-11 and template components page of 2025-11-21.
const LINK_LABEL = 20;
const LINK = 2_000;
const ADDRESS = /^https?:\/\/\S+$/i;

/** Media is named by its id or by an address from which Meta fetches it. */
export function checkSource(media: Fields, at: string, p: Problems): void {
  const { id, link } = media;
  if (isAbsent(id) && isAbsent(link)) p.missing(at, 'needs an id (of uploaded media) or a link (http or https)');
  else if (!isAbsent(link)) checkAddress(link, `${at}.link`, p);
  else if (typeof id === 'number' && !Number.isSafeInteger(id)) {
    // Such a number has lost its last digits when it is read, so it would name another file.
    p.invalid(`${at}.id`, 'is too long for a number; write it as text, in quotes');
  } else if (typeof id !== 'string' && typeof id !== 'number')
    p.invalid(`${at}.id`, 'must be the id of uploaded media');
}

/** Clients write null or an empty text where there is none. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** An address that is there must be one. */
function checkAddress(address: unknown, at: string, p: Problems): void {
  if (typeof address !== 'string' || !ADDRESS.test(address)) {
    p.invalid(at, 'must be an address that begins with http:// or https://');
  }
}

/** A button that opens an address. */
export function checkLink({ display_text, url }: Fields, at: string, p: Problems): void {
  p.text(display_text, `${at}.display_text`, LINK_LABEL);
  p.text(url, `${at}.url`, LINK);
  if (typeof url === 'string' && url !== '') checkAddress(url, `${at}.url`, p);
}
