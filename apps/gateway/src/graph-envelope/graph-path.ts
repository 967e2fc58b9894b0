import { numberInBaseUrl } from '../d360/number-in-base-url.js';

const VERSION = /^\/v\d+\.\d+(?=\/|$)/;
const NATIVE = /^\/(api\/v1|meta|docs|docs-json|openapi\.json|healthz|readyz|metrics)(\/|\?|$)/;

/**
 * Clients of the Cloud API write its version in front of every path, or none; we answer any of them alike, so routes are
 * declared without it. `/v1/…` without a dot is a path of the old API and stays; a number in front of it is moved behind.
 */
export const withoutVersion = (url: string): string => {
  const rest = url.replace(VERSION, '');
  return numberInBaseUrl(rest.startsWith('/') ? rest : `/${rest}`);
};

/** Whether a path belongs to the Graph-compatible API, where every refusal wears Meta's envelope. */
export const isGraphPath = (url: string): boolean => !NATIVE.test(url);
