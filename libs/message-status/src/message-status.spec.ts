import {
  canMove,
  isFinal,
  MESSAGE_STATUSES,
  type MessageStatus,
  nextStates,
  provesDelivery,
  UNKNOWN_POLICIES,
} from './index.js';

describe('the life of an outbound message under our commands', () => {
  it('can reach every state from accepted by command, except what only Meta can say', () => {
    const seen = new Set<MessageStatus>(['accepted']);
    for (const state of seen) for (const next of nextStates(state)) seen.add(next);
    expect(MESSAGE_STATUSES.filter((state) => !seen.has(state))).toEqual(['sent', 'delivered', 'read', 'played']);
  });

  it('never sends again from unknown without going back to the queue, where the policy decides', () => {
    expect(canMove('unknown', 'sending')).toBe(false);
    expect(canMove('unknown', 'accepted')).toBe(true);
  });

  it('cannot cancel a message that Meta may already have', () => {
    const cancellable = MESSAGE_STATUSES.filter((state) => canMove(state, 'cancelled'));
    expect(cancellable).toEqual(['accepted', 'parked']);
  });

  it('never takes back a state that Meta reported', () => {
    for (const state of ['submitted', 'held', 'sent'] as const) expect(nextStates(state)).toEqual(['expired']);
    for (const state of ['delivered', 'read', 'played', 'failed'] as const) expect(nextStates(state)).toEqual([]);
  });

  it('ends as delivered, read, played, failed, expired or cancelled', () => {
    expect(MESSAGE_STATUSES.filter(isFinal)).toEqual(['delivered', 'read', 'played', 'failed', 'expired', 'cancelled']);
  });

  it('bills a message that was read even if its delivery was never reported', () => {
    expect(MESSAGE_STATUSES.filter(provesDelivery)).toEqual(['delivered', 'read', 'played']);
  });

  it('takes only ways out of unknown that the table has, and never sends an advertisement twice', () => {
    for (const { outcome } of Object.values(UNKNOWN_POLICIES)) expect(canMove('unknown', outcome)).toBe(true);
    expect(UNKNOWN_POLICIES.marketing.outcome).toBe('failed');
  });
});
