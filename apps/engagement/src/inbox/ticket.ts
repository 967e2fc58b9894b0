export const TICKET_STATUSES = ['open', 'pending', 'solved', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What becomes of a ticket; `pending` waits for the customer. A closed one stays closed: who writes again opens another. */
const MOVES: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  open: ['pending', 'solved', 'closed'],
  pending: ['open', 'solved', 'closed'],
  solved: ['open', 'closed'],
  closed: [],
};

export const canMoveTicket = (from: TicketStatus, to: TicketStatus): boolean => from === to || MOVES[from].includes(to);

/** Whether people still have to do something about it, or wait for the customer. */
export const isUnsolved = (status: TicketStatus): boolean => status === 'open' || status === 'pending';
