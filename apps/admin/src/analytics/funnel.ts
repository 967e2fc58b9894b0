import type { MessageStatus } from '#libs/message-status';

/** How far messages came. Each is in exactly one of open, failed, expired, cancelled, or in sent and perhaps further. */
export interface Funnel {
  accepted: number;
  /** Of the accepted ones: neither Meta nor we have said how it ended, nor that it left. */
  open: number;
  /** Meta said so; what was delivered or read was sent, too. */
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  expired: number;
  cancelled: number;
}

type Step = Exclude<keyof Funnel, 'accepted'>;

/** What a message counts as besides accepted, by where it stands now. */
const COUNTS_AS: Readonly<Record<MessageStatus, readonly Step[]>> = {
  accepted: ['open'],
  sending: ['open'],
  unknown: ['open'],
  parked: ['open'],
  submitted: ['open'],
  held: ['open'],
  sent: ['sent'],
  delivered: ['sent', 'delivered'],
  read: ['sent', 'delivered', 'read'],
  played: ['sent', 'delivered', 'read'],
  failed: ['failed'],
  expired: ['expired'],
  cancelled: ['cancelled'],
};

export const emptyFunnel = (): Funnel => ({
  accepted: 0,
  open: 0,
  sent: 0,
  delivered: 0,
  read: 0,
  failed: 0,
  expired: 0,
  cancelled: 0,
});

/** Adds messages that stand at a status to a funnel, in place. */
export function count(funnel: Funnel, status: MessageStatus, messages: number): void {
  funnel.accepted += messages;
  for (const step of COUNTS_AS[status]) funnel[step] += messages;
}
