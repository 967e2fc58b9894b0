import type { Refusal } from './refusal.js';

/** How a refusal leaves the process: one such function per app, chosen by path where an app speaks two dialects. */
export type RenderRefusal = (refusal: Refusal, request: { url: string; id: string }) => unknown;

/** The envelope of our native APIs: `{error: {code, message, fields?, request_id}}`. */
export const nativeEnvelope: RenderRefusal = (refusal, request) => ({
  error: {
    code: refusal.code,
    message: refusal.details,
    ...(refusal.more.fields ? { fields: refusal.more.fields } : {}),
    request_id: request.id,
  },
});
