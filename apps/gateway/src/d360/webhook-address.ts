import { Injectable } from '@nestjs/common';
import { AddressGuard, ForbiddenAddressError } from '#libs/outgoing-calls';
import { refuse } from '../graph-envelope/refuse.js';
import { whyUnfit } from '../tenant-webhooks/custom-headers.js';

const LONGEST_URL = 2_048;

/** Judges the addresses that clients of 360dialog set: nothing is asked of them, for 360dialog has no handshake. */
@Injectable()
export class WebhookAddress {
  constructor(private readonly guard: AddressGuard) {}

  /** @returns the address as it is kept. @throws Refusal for one that may not be reached */
  async judged(url: string): Promise<string> {
    try {
      return (await this.guard.judge(url)).href;
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw refuse('invalid_parameter', `url: ${error.message}`);
      throw error;
    }
  }
}

/**
 * Reads `url` (null is the empty one) and `headers`.
 *
 * @throws Refusal for what is missing, too long, or a header that cannot be set
 */
export function readWebhook(body: unknown): { url: string; headers: Record<string, string> } {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const url = given.url ?? (given.url === null ? '' : undefined);
  if (url === undefined) throw refuse('missing_parameter', 'url: is required; an empty one takes the webhook away.');
  if (typeof url !== 'string' || url.length > LONGEST_URL) {
    throw refuse('invalid_parameter', `url: must be an address of at most ${LONGEST_URL} characters.`);
  }
  const headers = given.headers ?? {};
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw refuse('invalid_parameter', 'headers: must be an object of names and values.');
  }
  const unfit = whyUnfit(headers as Record<string, string>);
  if (unfit !== undefined) throw refuse('invalid_parameter', `headers: ${unfit}`);
  return { url, headers: headers as Record<string, string> };
}
