import type { Flow } from './flow.js';
import { chooseBot } from './match-trigger.js';
import { endingWithPeople, playOn } from './play-on.js';
import { NEW_RUN, type RunEffect, type RunEvent, type RunState, type Variables, withUnheard } from './run-state.js';

/** What happens in a played conversation, in order. */
export type Happening =
  | { text: string }
  | { press: string }
  | { order: unknown }
  | { wait_minutes: number }
  /** What the other system answers to `call`; null: nothing. */
  | { called: Record<string, unknown> | null }
  /** What the model answers; null: nothing. */
  | { answered: string | null }
  | { given_back: true };

/** What came of it. */
export interface SimulatedTurn {
  event: string;
  effects: RunEffect[];
  /** Where it stands then. */
  at: string | null;
  status: RunState['status'] | 'not_started';
  variables: Variables;
}

const MINUTE_MS = 60_000;

/**
 * Plays a conversation against a flow: the same rules as with customers, and nothing is sent, called or kept.
 *
 * @param now the instant at which it begins
 */
export function simulate(flow: Flow, happenings: readonly Happening[], contact: Variables, now: Date): SimulatedTurn[] {
  let state: RunState | undefined;
  let at = now;
  return happenings.map((happening) => {
    if ('wait_minutes' in happening) at = new Date(at.getTime() + happening.wait_minutes * MINUTE_MS);
    const begins = (!state || state.status === 'over') && 'text' in happening;
    if (begins && !chooseBot([flow], happening.text)) {
      return { event: 'heard', effects: [], at: null, status: 'not_started', variables: {} };
    }
    const event: RunEvent = begins
      ? { kind: 'started', at, text: happening.text, contact }
      : eventOf(happening, at, contact);
    const played = play(flow, begins ? { ...NEW_RUN, spoke: state?.spoke ?? [] } : (state ?? NEW_RUN), event);
    state = played.state;
    const { status, variables } = state;
    return { event: event.kind, effects: played.effects, at: state.at, status, variables };
  });
}

/** An event with all that follows from it: words that were written meanwhile are heard, by the flow begun anew where it was over. */
function play(flow: Flow, before: RunState, event: RunEvent): { state: RunState; effects: RunEffect[] } {
  const { turns, left } = playOn(flow, before, event);
  const { state } = turns.at(-1)?.played ?? { state: before };
  const effects = turns.flatMap(({ played }) => played.effects);
  const [next, ...later] = left;
  if (!next) return { state, effects };
  if (!chooseBot([flow], next.text)) return { state, effects: endingWithPeople(effects) };
  const anew = withUnheard({ ...NEW_RUN, spoke: state.spoke }, later);
  const { at, contact } = event;
  const played = play(flow, anew, { kind: 'started', at, text: next.text, contact });
  return { state: played.state, effects: [...effects, ...played.effects] };
}

function eventOf(happening: Happening, at: Date, contact: Variables): RunEvent {
  if ('text' in happening) return { kind: 'heard', at, text: happening.text, contact };
  if ('press' in happening) return { kind: 'heard', at, text: '', pressed: happening.press, contact };
  if ('order' in happening) return { kind: 'heard', at, text: '', order: happening.order, contact };
  if ('called' in happening) return { kind: 'called', at, answer: happening.called ?? undefined, contact };
  if ('answered' in happening) return { kind: 'answered', at, text: happening.answered ?? undefined, contact };
  if ('given_back' in happening) return { kind: 'given_back', at, contact };
  return { kind: 'time', at, contact };
}
