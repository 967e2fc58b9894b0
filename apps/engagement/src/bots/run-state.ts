/** What a flow remembers. */
export type Variables = Readonly<Record<string, unknown>>;

/** What a customer wrote while another system was asked. */
export interface EarlyWords {
  text: string;
  pressed?: string;
  order?: unknown;
}
/** What comes while one answer is waited for and is more than this is two machines that talk; people read it in the inbox. */
export const MOST_UNHEARD = 20;

/** Where a conversation with a bot stands; kept as it is between two events. */
export interface RunState {
  status: 'running' | 'asked' | 'waiting' | 'calling' | 'answering' | 'with_people' | 'over';
  /** The step that it stands at. */
  at: string | null;
  variables: Variables;
  /** Answers to the question that did not fit. */
  misses: number;
  /** When it goes on without a word: a wait, or silence. ISO. */
  until: string | null;
  /** When it spoke lately; what the flood guard counts. ISO. */
  spoke: readonly string[];
  /** Not heard yet, the oldest first; absent where there is nothing. */
  unheard?: readonly EarlyWords[];
}

export type RunEvent =
  | { kind: 'started'; at: Date; text: string; contact: Variables }
  /** `early`: written before what it stands at was asked, so it is no wrong answer where it does not fit. */
  | ({ kind: 'heard'; at: Date; early?: true; contact: Variables } & EarlyWords)
  | { kind: 'time'; at: Date; contact: Variables }
  | { kind: 'called'; at: Date; answer: Record<string, unknown> | undefined; contact: Variables }
  | { kind: 'answered'; at: Date; text: string | undefined; contact: Variables }
  | { kind: 'given_back'; at: Date; contact: Variables };

export type RunEffect =
  /** The Cloud API's body without `to`. */
  | { do: 'send'; body: Record<string, unknown> }
  | { do: 'set_attribute'; key: string; value: string | number | boolean }
  | { do: 'call'; url: string; body: Record<string, unknown> }
  | { do: 'answer'; instructions: string; question: string }
  | { do: 'hand_over'; team?: string; skills: string[]; why: string }
  | { do: 'end'; why: string };

export interface Played {
  state: RunState;
  effects: RunEffect[];
  /** It stands where it stood: the state does not take such an event. */
  ignored?: true;
  /** It stands where it stood, and the words are heard later: it asks another system. */
  kept?: true;
}

export const NEW_RUN: RunState = { status: 'running', at: null, variables: {}, misses: 0, until: null, spoke: [] };

export const withUnheard = ({ unheard: _, ...state }: RunState, words: readonly EarlyWords[]): RunState =>
  words.length === 0 ? state : { ...state, unheard: words };
