import { graphError, refusalFor } from '#libs/error-catalogue';
import { nativeEnvelope, type RenderRefusal } from '#libs/http';
import { isGraphPath } from './graph-path.js';
import { MetaRefused } from './refuse.js';

/** Meta's envelope on the Graph-compatible paths, whoever refused; our own on the native ones. */
export const renderRefusal: RenderRefusal = (refusal, request) => {
  if (!isGraphPath(request.url)) return nativeEnvelope(refusal, request);
  if (refusal instanceof MetaRefused) {
    const given = refusal.error.error;
    if (given) return { error: { ...given, fbtrace_id: request.id } };
  }
  return graphError(refusalFor(refusal.code, refusal.status), refusal.details, request.id);
};
