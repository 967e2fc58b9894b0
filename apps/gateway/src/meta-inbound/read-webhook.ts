import { DEEPEST_JSON, depthOf } from '#libs/http';
import { changesOf, type MetaChange } from './changes-of.js';
import { parseExact, serialiseExact } from './exact-json.js';

/** A change in the form in which it is stored: as JSON text, or as the bytes that came, where JSON cannot hold them. */
export type ReadChange =
  | { change: MetaChange; body: string }
  /** `change` is absent where not even the webhook can be taken apart. */
  | { change?: MetaChange; raw: Buffer; why: string };

const TOO_DEEP = `nested more than ${DEEPEST_JSON} levels deep`;

/**
 * Takes a signed webhook apart. What Meta signed is never refused, whatever it looks like: Meta would send it again for
 * seven days and then drop it with everything else of its POST (webhooks overview, 2025-12-02).
 *
 * @param bytes as they came
 * @returns the changes in their order
 */
export function readWebhook(bytes: Buffer): ReadChange[] {
  let payload: unknown;
  try {
    payload = parseExact(bytes.toString('utf8'));
  } catch {
    return [{ raw: bytes, why: 'not JSON' }];
  }
  return changesOf(payload).map((change) => {
    const body = written(change);
    if (body === undefined) return { change, raw: bytes, why: TOO_DEEP };
    return depthOf(body) > DEEPEST_JSON ? { change, raw: Buffer.from(body), why: TOO_DEEP } : { change, body };
  });
}

/** undefined: so deep that it cannot even be written again. */
function written(change: MetaChange): string | undefined {
  try {
    return serialiseExact(change);
  } catch {
    return undefined;
  }
}
