import type { DoStep } from '../step-tools.js';
import { needed } from '../step-tools.js';

/** A code lives 30 s (Meta, Embedded Signup implementation, 2026-02-20). */
const CODE_LIVES_MS = 30_000;

/** Exchanges the code for the business token, server to server. A code works once, so a lost answer costs the code. */
export const exchangeCode: DoStep = async (at, tools) => {
  // It was made before it reached us, so by then it is certainly too old.
  if (at.codeAt && tools.clock.now().getTime() - at.codeAt.getTime() >= CODE_LIVES_MS) {
    return { is: 'held-up', cause: 'code_expired' };
  }
  const answer = await tools.graph.call<{ access_token?: string }>({
    path: '/oauth/access_token',
    query: { client_id: tools.app.id, client_secret: tools.app.secret, code: needed(at.code, 'a code') },
    timeoutMs: 10_000,
  });
  if (!answer.access_token) return { is: 'held-up', cause: 'code_refused' };
  return { is: 'done', token: answer.access_token };
};
