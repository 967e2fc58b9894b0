import { NOTHING_KNOWN, type PortfolioFacts } from '../auth-international.js';
import type { PortfolioHistory } from '../memory.js';
import type { Context } from './context.js';
import type { Knowledge } from './events.js';

/** A value from an instant (ms since 1970) on, until the next. */
interface From<T> {
  readonly at: number;
  readonly value: T;
}

/** The last value whose instant has come; the instant itself belongs to the new value. */
function valueAt<T>(values: readonly From<T>[] | undefined, at: number): T | undefined {
  if (!values) return undefined;
  for (let i = values.length - 1; i >= 0; i--) if ((values[i] as From<T>).at <= at) return values[i]?.value;
  return undefined;
}

const BEFORE = Number.NEGATIVE_INFINITY;
const push = <T>(map: Map<string, From<T>[]>, key: string, entry: From<T>): void => {
  const held = map.get(key);
  if (held) held.push(entry);
  else map.set(key, [entry]);
};

/** What each portfolio was at each moment: the context, changed by what Meta told. `knowledge` in order of time. */
export function portfolioHistory(context: Context, knowledge: readonly Knowledge[]): PortfolioHistory {
  const history = new Map<string, From<PortfolioFacts>[]>();
  for (const [id, value] of context.portfolios) history.set(id, [{ at: BEFORE, value }]);
  for (const told of knowledge) {
    if (told.what !== 'auth_international' && told.what !== 'location') continue;
    const facts = history.get(told.portfolio)?.at(-1)?.value ?? NOTHING_KNOWN;
    const value: PortfolioFacts =
      told.what === 'location'
        ? { ...facts, country: told.country, countryVerified: true }
        : { ...facts, authInternational: { startsAt: told.startsAt, exceptions: told.exceptions } };
    push(history, told.portfolio, { at: told.at, value });
  }
  return (portfolio, at) => valueAt(history.get(portfolio), at) ?? NOTHING_KNOWN;
}

/** The category a template had at an instant, or undefined if nobody said. `knowledge` in order of time. */
export function templateHistory(
  context: Context,
  knowledge: readonly Knowledge[],
): (template: string, at: number) => string | undefined {
  const history = new Map<string, From<string>[]>();
  for (const [name, value] of context.templates) history.set(name, [{ at: BEFORE, value }]);
  for (const told of knowledge) {
    if (told.what !== 'template') continue;
    // The first change of a template that the context does not know also tells what it was before.
    if (!history.has(told.template) && told.previous !== undefined) {
      push(history, told.template, { at: BEFORE, value: told.previous });
    }
    push(history, told.template, { at: told.at, value: told.category });
  }
  return (template, at) => valueAt(history.get(template), at);
}
