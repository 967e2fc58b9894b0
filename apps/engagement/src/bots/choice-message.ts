import type { FlowOption } from './flow.js';

/** Buttons where there are up to three options, a list where there are more (Meta, interactive messages). */
export function choiceMessage(text: string, options: readonly FlowOption[], button = '…'): Record<string, unknown> {
  const body = { text };
  if (options.length <= 3) {
    const buttons = options.map(({ id, title }) => ({ type: 'reply', reply: { id, title } }));
    return { type: 'interactive', interactive: { type: 'button', body, action: { buttons } } };
  }
  const rows = options.map(({ id, title }) => ({ id, title }));
  return { type: 'interactive', interactive: { type: 'list', body, action: { button, sections: [{ rows }] } } };
}
