import { choiceMessage } from './choice-message.js';
import { fill, fillAll, holds, lookUp } from './fill.js';
import type { Flow, Step } from './flow.js';
import { productsMessage } from './products-message.js';
import { readAnswer, readChoice } from './read-answer.js';
import { MOST_UNHEARD, type Played, type RunEffect, type RunEvent, type RunState, withUnheard } from './run-state.js';

/** Steps between two words of the customer; more is a circle in the flow. */
export const LONGEST_WALK = 50;
/** Messages in ten minutes; more is two bots that talk to each other, or a flow gone wild. */
export const FLOOD = 20;
const FLOOD_MS = 10 * 60_000;
/** An event that the state does not take. */
const IGNORED = Symbol('ignored');
/** Words that are heard later. */
const KEPT = Symbol('kept');
/** Words that were written before the question, and are no answer to it. */
const PASSED = Symbol('passed');
type Stays = typeof IGNORED | typeof KEPT | typeof PASSED;
/** A step's name; null: over; undefined: it stands here until something happens. */
type Next = string | null | undefined;
const TRIES = 3;
const SILENCE_MINUTES = 60;

/**
 * What a bot does on an event. Pure: the same flow, state and event give the same, so a simulator plays what customers get, and
 * a step that was played twice after a crash comes out the same. It never speaks while people have the conversation: such a
 * state takes nothing but `given_back`.
 */
export function runFlow(flow: Flow, state: RunState, event: RunEvent): Played {
  return new Walk(flow, state, event).play();
}

class Walk {
  private readonly effects: RunEffect[] = [];
  private state: RunState;

  constructor(
    private readonly flow: Flow,
    private readonly before: RunState,
    private readonly event: RunEvent,
  ) {
    this.state = { ...before, until: null };
  }

  play(): Played {
    const next = this.begin();
    if (next === IGNORED) return { state: this.before, effects: [], ignored: true };
    if (next === KEPT) return { state: this.state, effects: [], kept: true };
    if (next === PASSED) return { state: this.before, effects: [] };
    let step: Next = next;
    for (let taken = 0; typeof step === 'string'; taken++) {
      if (taken >= LONGEST_WALK) return this.giveUp('loop');
      // Also where people gave it back soon after they got it for that reason.
      if (this.spokeLately().length > FLOOD) return this.giveUp('flood');
      const known: Step | undefined = Object.hasOwn(this.flow.steps, step) ? this.flow.steps[step] : undefined;
      if (!known) return this.giveUp(`no step ${step}`);
      this.state = { ...this.state, at: step };
      step = this.take(known);
      if (this.flooded()) return this.giveUp('flood');
    }
    if (step === null) this.end('done');
    // People read everything in the inbox.
    if (this.state.status === 'with_people') this.state = withUnheard(this.state, []);
    return { state: this.state, effects: this.effects };
  }

  /** What the event means where it stands. */
  private begin(): Next | Stays {
    const { status, at } = this.before;
    const { event } = this;
    if (event.kind === 'started') {
      this.remember('said', event.text);
      return status === 'running' && at === null ? this.flow.start : IGNORED;
    }
    const step = at === null ? undefined : this.flow.steps[at];
    if (!step) return IGNORED;
    if (event.kind === 'given_back') {
      if (status === 'over') return IGNORED;
      this.state = withUnheard(this.state, []);
      // Where people took it by themselves, the bot asks again what it had asked.
      return step.do === 'hand_over' ? (step.back ?? null) : at;
    }
    if (event.kind === 'heard' && status === 'asked') return this.heard(step, event);
    if (event.kind === 'heard' && (status === 'calling' || status === 'answering')) return this.keep(event);
    if (event.kind === 'time') return this.timePassed(step, event.at);
    if (event.kind === 'called' && status === 'calling' && step.do === 'call') {
      if (event.answer === undefined) return step.otherwise ?? this.toPeople('call failed');
      this.remember(step.save, event.answer);
      return step.next ?? null;
    }
    if (event.kind === 'answered' && status === 'answering' && step.do === 'answer') {
      if (event.text === undefined) return step.otherwise ?? this.toPeople('no answer');
      this.say(event.text);
      return step.next ?? null;
    }
    return IGNORED;
  }

  private keep({ text, pressed, order }: Extract<RunEvent, { kind: 'heard' }>): Stays {
    const { unheard = [] } = this.before;
    if (unheard.length >= MOST_UNHEARD) return IGNORED;
    const words = { text, ...(pressed === undefined ? {} : { pressed }), ...(order === undefined ? {} : { order }) };
    this.state = withUnheard(this.before, [...unheard, words]);
    return KEPT;
  }

  private heard(step: Step, event: Extract<RunEvent, { kind: 'heard' }>): Next | Stays {
    if (step.do === 'ask') {
      const answer = readAnswer(step.as, event.text);
      if (answer === undefined) return this.missed(step, event);
      this.remember(step.save, answer);
      return step.next ?? null;
    }
    if (step.do === 'choose') {
      const option = readChoice(step.options, event);
      if (!option) return this.missed(step, event);
      if (step.save) this.remember(step.save, option.title);
      return option.next;
    }
    if (step.do === 'products') {
      if (event.order === undefined) return this.missed(step, event);
      this.remember(step.save, event.order);
      return step.next ?? null;
    }
    return IGNORED;
  }

  private missed(
    step: Extract<Step, { do: 'ask' | 'choose' | 'products' }>,
    { early }: Extract<RunEvent, { kind: 'heard' }>,
  ): Next | Stays {
    if (early) return PASSED;
    const misses = this.state.misses + 1;
    if (misses >= (step.tries ?? TRIES)) return step.otherwise ?? this.toPeople('not understood');
    this.take(step.retry === undefined ? step : { ...step, text: step.retry });
    this.state = { ...this.state, misses };
    return this.flooded() ? this.toPeople('flood') : undefined;
  }

  private timePassed(step: Step, at: Date): Next | typeof IGNORED {
    if (!this.before.until || at.toISOString() < this.before.until) return IGNORED;
    if (this.before.status === 'waiting' && step.do === 'wait') return step.next ?? null;
    if (this.before.status !== 'asked') return IGNORED;
    if ('on_silence' in step && step.on_silence) return step.on_silence;
    this.end('silence');
    return undefined;
  }

  /** Does a step. @returns what comes next */
  private take(step: Step): Next {
    this.state = { ...this.state, status: 'running', misses: 0, until: null };
    switch (step.do) {
      case 'say':
        this.say(this.fill(step.text));
        return step.next ?? null;
      case 'send':
        this.send(fillAll(step.message, this.state.variables, this.event.contact) as Record<string, unknown>);
        return step.next ?? null;
      case 'ask':
        this.say(this.fill(step.text));
        return this.ask(step);
      case 'choose':
        this.send(choiceMessage(this.fill(step.text), step.options, step.button));
        return this.ask(step);
      case 'products':
        this.send(productsMessage({ ...step, text: this.fill(step.text) }));
        return this.ask(step);
      case 'if':
        return step.all.every((c) => holds(c, this.state.variables, this.event.contact)) ? step.yes : step.no;
      case 'set': {
        const value = typeof step.value === 'string' ? this.fill(step.value) : step.value;
        if (step.variable) this.remember(step.variable, value);
        if (step.attribute) this.effects.push({ do: 'set_attribute', key: step.attribute, value });
        return step.next ?? null;
      }
      case 'call': {
        const body = Object.fromEntries(
          step.send.map((name) => [name, lookUp(name, this.state.variables, this.event.contact)]),
        );
        this.effects.push({ do: 'call', url: step.url, body });
        return this.stand('calling');
      }
      case 'answer': {
        const question = this.event.kind === 'heard' ? this.event.text : String(this.state.variables.said ?? '');
        this.effects.push({ do: 'answer', instructions: this.fill(step.instructions), question });
        return this.stand('answering');
      }
      case 'wait':
        return this.stand('waiting', step.minutes);
      case 'hand_over': {
        if (step.text) this.say(this.fill(step.text));
        const to = { skills: step.skills ?? [], ...(step.team ? { team: step.team } : {}) };
        this.effects.push({ do: 'hand_over', ...to, why: 'asked' });
        return this.stand('with_people');
      }
    }
  }

  private ask(step: Extract<Step, { do: 'ask' | 'choose' | 'products' }>): undefined {
    return this.stand('asked', step.silence_minutes ?? this.flow.silence_minutes ?? SILENCE_MINUTES);
  }

  private stand(status: RunState['status'], minutes?: number): undefined {
    const until = minutes === undefined ? null : new Date(this.event.at.getTime() + minutes * 60_000).toISOString();
    this.state = { ...this.state, status, until };
    return undefined;
  }

  private toPeople(why: string): undefined {
    this.effects.push({ do: 'hand_over', skills: [], why });
    this.state = withUnheard({ ...this.state, status: 'with_people', until: null }, []);
    return undefined;
  }

  private giveUp(why: string): Played {
    this.toPeople(why);
    return { state: this.state, effects: this.effects };
  }

  private end(why: string): void {
    this.effects.push({ do: 'end', why });
    this.state = { ...this.state, status: 'over', until: null };
  }

  private say(text: string): void {
    this.send({ type: 'text', text: { body: text } });
  }

  private send(body: Record<string, unknown>): void {
    this.effects.push({ do: 'send', body });
    this.state = { ...this.state, spoke: [...this.spokeLately(), this.event.at.toISOString()] };
  }

  private spokeLately(): string[] {
    const oldest = new Date(this.event.at.getTime() - FLOOD_MS).toISOString();
    return this.state.spoke.filter((at) => at > oldest);
  }

  private flooded(): boolean {
    return this.state.spoke.length > FLOOD && this.state.status !== 'with_people';
  }

  private remember(name: string, value: unknown): void {
    this.state = { ...this.state, variables: { ...this.state.variables, [name]: value } };
  }

  private fill(text: string): string {
    return fill(text, this.state.variables, this.event.contact);
  }
}
