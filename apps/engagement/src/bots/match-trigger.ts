import type { Trigger } from './flow.js';
import { plainWords } from './read-answer.js';

/** So alike must words be to an example of an intent; two of three words in common are 0.67. */
const ALIKE = 0.6;

const wordsOf = (text: string): Set<string> => new Set(plainWords(text).split(' ').filter(Boolean));

/** How alike two texts are by their words: twice what they share, of all that they have (Dice); 0 to 1. */
export function likeness(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const shared = [...left].filter((word) => right.has(word)).length;
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size);
}

/**
 * How strongly a trigger wants a text: a word that stands there is stronger than a meaning, and both than `anything`.
 *
 * @returns 0 for not at all, up to 3
 */
export function triggerStrength(trigger: Trigger, text: string): number {
  if (trigger.on === 'anything') return 0.1;
  const words = ` ${plainWords(text)} `;
  if (trigger.on === 'keyword') {
    const hit = trigger.words.some((word) => {
      const sought = plainWords(word);
      return sought !== '' && (trigger.whole ? words.trim() === sought : words.includes(` ${sought} `));
    });
    return hit ? 2 : 0;
  }
  const best = Math.max(0, ...trigger.examples.map((example) => likeness(example, text)));
  return best >= ALIKE ? best : 0;
}

/** @returns the bot whose triggers want a text most; of equals the first */
export function chooseBot<Bot extends { triggers: readonly Trigger[] }>(
  bots: readonly Bot[],
  text: string,
): Bot | undefined {
  let best: { bot: Bot; strength: number } | undefined;
  for (const bot of bots) {
    const strength = Math.max(0, ...bot.triggers.map((trigger) => triggerStrength(trigger, text)));
    if (strength > (best?.strength ?? 0)) best = { bot, strength };
  }
  return best?.bot;
}
