import { isSendable, type TemplateState } from './template-state.js';

/** What becomes of messages that were accepted while the template could be sent, now that it is in this state. */
export type FateOfWaiting =
  | { readonly fate: 'send' }
  /** They wait, for as long as their time to live allows: the state ends by itself or by a decision of Meta's. */
  | { readonly fate: 'hold'; readonly why: 'template_paused' | 'template_in_review' }
  /** It will not be sent again soon, or at all. */
  | { readonly fate: 'fail' };

/**
 * Meta refuses every send of a template that is not approved (132001, 132015, 132016) and says of a pause that it ends by
 * itself after 3 or 6 hours (template pausing page of 2025-11). So what waits for a paused template, or for one that is
 * back in review after an edit, is not lost; what waits for a disabled, rejected, archived or deleted one is.
 */
export function fateOfWaiting(state: TemplateState): FateOfWaiting {
  if (isSendable(state)) return { fate: 'send' };
  if (state === 'paused') return { fate: 'hold', why: 'template_paused' };
  if (state === 'pending' || state === 'in_appeal') return { fate: 'hold', why: 'template_in_review' };
  return { fate: 'fail' };
}
