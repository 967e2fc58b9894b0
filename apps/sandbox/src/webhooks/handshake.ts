import { randomInt } from 'node:crypto';
import { request } from 'undici';
import { GraphError } from '../graph/graph-error.js';

/**
 * Asks a callback to prove itself before it is used: GET with `hub.mode`, `hub.challenge` and `hub.verify_token`; it must
 * answer 200 with the challenge (meta/webhooks.md §1).
 * @throws GraphError 2200 when it does not.
 */
export async function verifyCallback(url: string, verifyToken: string): Promise<void> {
  const challenge = String(randomInt(10 ** 8, 10 ** 9));
  let refused: string;
  try {
    const target = new URL(url);
    target.searchParams.set('hub.mode', 'subscribe');
    target.searchParams.set('hub.challenge', challenge);
    target.searchParams.set('hub.verify_token', verifyToken);
    const { statusCode, body } = await request(target, { headersTimeout: 10_000, bodyTimeout: 10_000 });
    const answer = await body.text();
    if (statusCode === 200 && answer.trim() === challenge) return;
    refused = statusCode === 200 ? 'the challenge was not returned' : `HTTP status ${statusCode}`;
  } catch (error) {
    refused = error instanceof TypeError ? 'it is not a URL' : 'it could not be reached';
  }
  throw new GraphError(2200, `The callback URL could not be validated: ${refused}.`);
}
