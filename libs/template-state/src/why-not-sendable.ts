import type { RefusalCode } from '#libs/error-catalogue';
import { isSendable, type TemplateState } from './template-state.js';

export type SendRefusal = Extract<RefusalCode, 'template_paused' | 'template_disabled' | 'template_unknown'>;

/**
 * With which refusal a send with a template in this state leaves; undefined when it may be sent. To Meta a template that
 * is not approved does not exist (132001), except that paused (132015) and disabled (132016) have codes of their own.
 */
export function whyNotSendable(state: TemplateState): SendRefusal | undefined {
  if (isSendable(state)) return undefined;
  if (state === 'paused') return 'template_paused';
  return state === 'disabled' ? 'template_disabled' : 'template_unknown';
}
