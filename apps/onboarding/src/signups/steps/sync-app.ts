import { GraphError } from '#libs/meta-cloud';
import { type DoStep, needed } from '../step-tools.js';

/** Each kind is asked for once (2593107 for a second time), within 24 h of onboarding (2593108 after it). */
const ASKED_ALREADY = 2_593_107;
const TOO_LATE = 2_593_108;
const KINDS = ['smb_app_state_sync', 'history'] as const;

/**
 * A number that stays in the WhatsApp Business app: its contacts, then its history, are asked for, and come as webhooks
 * (Meta, coexistence, 2025-11). Whether Meta was asked before only asking again can tell.
 */
export const syncApp: DoStep = async ({ facts, token }, { graph }) => {
  if (!facts.coexistence) return { is: 'skipped' };
  const path = `/${needed(facts.phoneNumberId, 'a number')}/smb_app_data`;
  let isLate = false;
  for (const kind of KINDS) {
    await graph
      .call({
        method: 'POST',
        path,
        body: { messaging_product: 'whatsapp', sync_type: kind },
        token: needed(token, 'a token'),
      })
      .catch((error: unknown) => {
        if (!(error instanceof GraphError)) throw error;
        const code = error.subcode ?? error.code;
        if (code === TOO_LATE || error.code === TOO_LATE) isLate = true;
        else if (code !== ASKED_ALREADY && error.code !== ASKED_ALREADY) throw error;
      });
  }
  return isLate ? { is: 'skipped', note: 'sync_too_late' } : { is: 'done' };
};
