import { graphError, refusalFor } from '#libs/error-catalogue';
import { nativeEnvelope, type RenderRefusal } from '#libs/http';
import { GraphError } from '#libs/meta-cloud';
import { isOldPath, oldRefusal } from '../d360/old-answer.js';
import { isGraphPath } from './graph-path.js';
import { MetaRefused } from './refuse.js';

/** Meta's envelope on the Graph-compatible paths, whoever refused; our own on the native ones. */
export const renderRefusal: RenderRefusal = (refusal, request) => {
  if (!isGraphPath(request.url)) return nativeEnvelope(refusal, request);
  const inDialect = (envelope: { error: object }) =>
    isOldPath(request.url) ? oldRefusal(envelope, refusal.status) : envelope;
  if (refusal instanceof MetaRefused) {
    const given = refusal.error.error;
    // What Graph says beside `error`, such as which of several customers could not be blocked, goes along.
    const beside = refusal.error instanceof GraphError ? (refusal.error.body as object) : {};
    if (given) return inDialect({ ...beside, error: { ...given, fbtrace_id: request.id } });
  }
  return inDialect(graphError(refusalFor(refusal.code, refusal.status), refusal.details, request.id));
};
