import { Injectable } from '@nestjs/common';
import { BotCalls } from './bot-calls.js';

/** What a language model is asked. */
export interface Question {
  /** How the merchant wants it answered. */
  instructions: string;
  /** What the customer wrote last. */
  question: string;
  /** What was said before, oldest first. */
  history: readonly { by: 'customer' | 'bot'; text: string }[];
  /** The merchant's address of the model, or of what stands before it. */
  url: string | undefined;
  /** The same for every repetition of one question. */
  once: string;
}

/** The port for language models: another adapter may speak a vendor's protocol. */
export abstract class AnswerPort {
  /** @returns the answer as it is said; undefined when there is none, and the flow goes its other way */
  abstract answer(question: Question): Promise<string | undefined>;
}

const LONGEST_ANSWER = 4_096;

/** Asks the merchant's own address: `{instructions, question, history}` is answered with `{text}`. */
@Injectable()
export class AnswerByCall extends AnswerPort {
  constructor(private readonly calls: BotCalls) {
    super();
  }

  async answer({ url, once, ...question }: Question): Promise<string | undefined> {
    if (!url) return undefined;
    const answer = await this.calls.ask(url, question, once);
    const text = answer?.text;
    return typeof text === 'string' && text.trim() !== '' ? text.slice(0, LONGEST_ANSWER) : undefined;
  }
}
