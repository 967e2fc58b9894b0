import { OUR_HEADERS } from './sign-post.js';

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]{0,1000}$/;
/** Names and values together: most servers take 8 or 16 KB of headers, ours included, and they go along with each post. */
const MOST_CHARACTERS = 4_000;

/** Why a tenant may not have these headers sent along with its posts, in a sentence; undefined when it may. */
export function whyUnfit(headers: Readonly<Record<string, unknown>>): string | undefined {
  let characters = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name) || OUR_HEADERS.test(name) || typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      return `The header ${name.slice(0, 100)} cannot be set. Take another name or value.`;
    }
    characters += name.length + value.length;
  }
  if (characters <= MOST_CHARACTERS) return undefined;
  return `The headers have ${characters} characters; at most ${MOST_CHARACTERS} can be sent along.`;
}
