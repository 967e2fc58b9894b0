import { MESSAGE_STATUSES } from './message-status.js';

/** A step of a message: what happened, when, and who says so. */
export interface LifeStep {
  kind: string;
  at: Date;
  source: 'paloma' | 'meta';
}

/**
 * Compares two steps of one message, the earlier first. Meta's times are whole seconds (webhooks reference, `timestamp` of
 * a status), so a report seems older than our call of the same second: within one, our own steps come first by our clock,
 * then Meta's reports in the order of life.
 */
export function orderOfLife(a: LifeStep, b: LifeStep): number {
  const seconds = (step: LifeStep) => Math.floor(step.at.getTime() / 1_000);
  if (seconds(a) !== seconds(b)) return seconds(a) - seconds(b);
  if (a.source !== b.source) return a.source === 'paloma' ? -1 : 1;
  const rank = ({ kind, source }: LifeStep) =>
    source === 'paloma' ? 0 : (MESSAGE_STATUSES as readonly string[]).indexOf(kind);
  return rank(a) - rank(b) || a.at.getTime() - b.at.getTime();
}
