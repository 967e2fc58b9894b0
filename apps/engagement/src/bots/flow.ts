import type { FlowProduct } from './products-message.js';

/** Names of steps and of what a flow remembers. */
export const NAME = /^[a-z][a-z0-9_]{0,49}$/;

/** How what a customer writes is read. */
export const ANSWER_KINDS = ['text', 'number', 'email', 'phone', 'date'] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** A question to what is remembered: `is` as in segments. */
export interface FlowCondition {
  /** A variable of the run, or `contact.KEY` for an attribute of the contact. */
  of: string;
  is: 'equal' | 'one_of' | 'contains' | 'less' | 'more' | 'set';
  value?: unknown;
}

export interface FlowOption {
  /** Comes back when it is pressed; 200 characters at most. */
  id: string;
  title: string;
  next: string;
}

/** What is asked again, how often, and what then. */
interface Asking {
  /** Said to an answer that does not fit; absent: the question again. */
  retry?: string;
  /** Answers that do not fit, until `otherwise`; 3 unless said. */
  tries?: number;
  /** Step after too many of them; absent: people. */
  otherwise?: string;
  /** Without an answer for so long, `on_silence` comes; absent: the flow's own patience. */
  silence_minutes?: number;
  on_silence?: string;
}

/** One step; `next` absent means: the conversation with the bot is over. Texts may hold `{{variable}}`. */
export type Step =
  | { do: 'say'; text: string; next?: string }
  | { do: 'send'; message: Record<string, unknown>; next?: string }
  | ({ do: 'ask'; text: string; save: string; as: AnswerKind; next?: string } & Asking)
  /** Up to three options are buttons, up to ten a list. */
  | ({ do: 'choose'; text: string; options: FlowOption[]; button?: string; save?: string } & Asking)
  | { do: 'if'; all: FlowCondition[]; yes: string; no: string }
  | { do: 'set'; variable?: string; attribute?: string; value: string | number | boolean; next?: string }
  /** Posts the named variables as JSON; a JSON object that comes back is remembered under `save`. */
  | { do: 'call'; url: string; send: string[]; save: string; next?: string; otherwise?: string }
  /** Waits for the order that the customer makes of them. */
  | ({
      do: 'products';
      text: string;
      header?: string;
      catalog_id: string;
      products: FlowProduct[];
      save: string;
      next?: string;
    } & Asking)
  | { do: 'wait'; minutes: number; next?: string }
  /** A language model answers, behind the port `answer`; where it cannot, `otherwise`. */
  | { do: 'answer'; instructions: string; next?: string; otherwise?: string }
  /** To people. `back`: where it goes on when they give the conversation back. */
  | { do: 'hand_over'; text?: string; team?: string; skills?: string[]; back?: string };

/** When a bot answers who writes. */
export type Trigger =
  | { on: 'keyword'; words: string[]; whole?: boolean }
  /** Meant by what reads much like one of the examples. */
  | { on: 'intent'; name: string; examples: string[] }
  /** Whatever is written. */
  | { on: 'anything' };

/** A conversation as data; kept in versions that never change. */
export interface Flow {
  triggers: Trigger[];
  start: string;
  steps: Record<string, Step>;
  /** Where the port `answer` asks for the steps of that name. */
  answer_url?: string;
  /** How long an answer is waited for where a step does not say; 60 unless said. */
  silence_minutes?: number;
}
