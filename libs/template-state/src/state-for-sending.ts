import { isSendable, type TemplateState } from './template-state.js';

/**
 * The state that counts when a template is to be sent. While the provider holds it back, what could be sent waits as if Meta
 * had paused it; what Meta does not send stays as it is, so nobody sends more than Meta allows.
 *
 * @param heldUntil when the hold ends by itself; null for none
 */
export function stateForSending(state: TemplateState, heldUntil: Date | null, now: Date): TemplateState {
  return heldUntil && heldUntil.getTime() > now.getTime() && isSendable(state) ? 'paused' : state;
}
