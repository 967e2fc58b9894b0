import type { Flow } from './flow.js';
import { runFlow } from './run-flow.js';
import {
  type EarlyWords,
  type Played,
  type RunEffect,
  type RunEvent,
  type RunState,
  withUnheard,
} from './run-state.js';

export interface Turn {
  event: RunEvent;
  played: Played;
}

/**
 * Plays an event, and then, as soon as a question is there, what the customer wrote while another system was asked, in order. Pure.
 *
 * @returns what was played, and the words that were left when it was over: whoever answers next hears them
 */
export function playOn(flow: Flow, state: RunState, event: RunEvent): { turns: Turn[]; left: readonly EarlyWords[] } {
  const turns: Turn[] = [];
  let [before, happening] = [state, event];
  for (;;) {
    const played = runFlow(flow, before, happening);
    const { status, unheard = [] } = played.state;
    const [words, ...later] = unheard;
    const isOver = status === 'over' && !played.ignored;
    turns.push({ event: happening, played: isOver ? { ...played, state: withUnheard(played.state, []) } : played });
    if (isOver) return { turns, left: unheard };
    if (!words || status !== 'asked') return { turns, left: [] };
    before = withUnheard(played.state, later);
    happening = { kind: 'heard', at: event.at, contact: event.contact, ...words, early: true };
  }
}

/** Where nobody else hears what was left: people do, once everything is said. */
export const endingWithPeople = (effects: readonly RunEffect[]): RunEffect[] =>
  effects.map((effect) =>
    effect.do === 'end' ? { do: 'hand_over' as const, skills: [], why: 'no bot answers' } : effect,
  );
