/** What can be parked, by the table it is in. */
export const PARKED_KINDS = ['messages', 'meta_events', 'webhook_deliveries', 'usage_facts'] as const;
export type ParkedKind = (typeof PARKED_KINDS)[number];

export type ParkedAction = 'retry' | 'discard';

/** Why an action is not for staff to take. Absent: they may. */
const NEVER: Readonly<Record<ParkedKind, Partial<Record<ParkedAction, string>>>> = {
  messages: {
    retry:
      'Meta may have taken a message whose outcome is unknown, and nothing is sent twice: it is settled by its status, or given up. One that waits for its template goes out by itself once Meta sends the template again.',
  },
  meta_events: {},
  webhook_deliveries: {},
  usage_facts: {
    discard:
      'A delivered message does not leave the books here: mend what it is parked for and retry, or correct the charge in billing.',
  },
};

/** @returns why staff may not do this with what is parked; undefined when they may */
export const whyNever = (kind: ParkedKind, action: ParkedAction): string | undefined => NEVER[kind][action];
