/** Whose a conversation is. `desk`: people who work in another system (Chatwoot and the like). */
export type OwnerKind = 'nobody' | 'bot' | 'agent' | 'desk';

/** What moves a conversation from one to another. */
export type OwnerMove =
  /** The customer wrote and a bot has something to say. */
  | 'bot_starts'
  /** By the rule of the team, or by a colleague. */
  | 'assigned'
  /** An agent helps themselves to it, or replies. */
  | 'taken'
  /** Another system answers from now on. */
  | 'desk_takes'
  /** People give it (back) to the bot. */
  | 'given_to_bot'
  /** A bot asks for people, or they put it back into the queue. */
  | 'released';

/** Read: an agent's conversation, when a bot would start, stays the agent's (nothing stands there). */
const MOVES: Readonly<Record<OwnerKind, Readonly<Partial<Record<OwnerMove, OwnerKind>>>>> = {
  nobody: { bot_starts: 'bot', assigned: 'agent', taken: 'agent', desk_takes: 'desk', given_to_bot: 'bot' },
  bot: { assigned: 'agent', taken: 'agent', desk_takes: 'desk', released: 'nobody' },
  agent: { assigned: 'agent', taken: 'agent', desk_takes: 'desk', given_to_bot: 'bot', released: 'nobody' },
  desk: { assigned: 'agent', taken: 'agent', desk_takes: 'desk', given_to_bot: 'bot', released: 'nobody' },
};

/** @returns whose it is then; undefined when this cannot happen to it */
export const ownerAfter = (owner: OwnerKind, move: OwnerMove): OwnerKind | undefined => MOVES[owner][move];

/** A bot starts by itself only where nobody answers and nobody is waited for: who asked for people gets people. */
export const mayBotStart = (owner: OwnerKind, ticketOpen: boolean): boolean =>
  !ticketOpen && ownerAfter(owner, 'bot_starts') !== undefined;
