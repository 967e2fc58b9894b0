import type { Fields, Problems } from './problems.js';

/** Media is named by its id or by an address from which Meta fetches it. */
export function checkSource(media: Fields, at: string, p: Problems): void {
  const { id, link } = media;
  if ((id === undefined || id === '') && (link === undefined || link === '')) {
    p.missing(at, 'needs an id (of uploaded media) or a link (http or https)');
  } else if (link !== undefined && link !== '' && !(typeof link === 'string' && /^https?:\/\/\S+$/i.test(link))) {
    p.invalid(`${at}.link`, 'must be an address that begins with http:// or https://');
  } else if (id !== undefined && typeof id !== 'string' && typeof id !== 'number') {
    p.invalid(`${at}.id`, 'must be the id of uploaded media');
  }
}
