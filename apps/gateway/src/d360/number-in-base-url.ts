const OURS = /^\/(\d{5,})(\/v1\/[^?]*|\/health_status|\/waba_webhook|\/multi_webhook|\/\d{5,})(?:\?(.*))?$/;

/**
 * Clients of 360dialog can be given a base URL and a key and nothing else; so that they can name one of several numbers,
 * its id may end the base URL. `/106540352242922/v1/messages` is then `/v1/messages?phone_number_id=106540352242922`.
 * Paths that the Cloud API itself has below a number (`/messages`, `/media`) are left as they are.
 */
export function numberInBaseUrl(url: string): string {
  const [, number, path, query] = OURS.exec(url) ?? [];
  return path === undefined ? url : `${path}?${query ? `${query}&` : ''}phone_number_id=${number}`;
}
