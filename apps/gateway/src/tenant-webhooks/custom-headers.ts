import { OUR_HEADERS } from './sign-post.js';

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]{0,1000}$/;

/** The first of these headers that a tenant may not have sent along with its posts; undefined when all are fit. */
export const unfitHeader = (headers: Readonly<Record<string, unknown>>): string | undefined =>
  Object.entries(headers).find(
    ([name, value]) =>
      !HEADER_NAME.test(name) || OUR_HEADERS.test(name) || typeof value !== 'string' || !HEADER_VALUE.test(value),
  )?.[0];
