import { isSendable, type TemplateState } from '#libs/template-state';
import type { PauseCause } from './campaign-state.js';
import { type FailureStop, tooManyFail } from './funnel.js';

/** What may change under a running campaign, as it is at an instant. */
export interface Standing {
  /** By our id of the template: category and quality (GREEN, YELLOW, RED or UNKNOWN). */
  templates: Readonly<Record<string, { category: string; quality: string }>>;
  /** By our id of the number: quality. */
  numbers: Readonly<Record<string, string>>;
  failed: number;
  delivered: number;
}

/** What is known now; states are judged as they are, all else against how it was. */
export type StandingNow = Standing & { states: Readonly<Record<string, TemplateState | 'missing'>> };

const WORSE: Readonly<Record<string, number>> = { GREEN: 0, UNKNOWN: 0, YELLOW: 1, RED: 2 };
const worse = (now: string | undefined, then: string | undefined): boolean =>
  (WORSE[now?.toUpperCase() ?? 'UNKNOWN'] ?? 0) > (WORSE[then?.toUpperCase() ?? 'UNKNOWN'] ?? 0);

/**
 * Why a campaign had better not go on; undefined when nothing is worse than when it was launched or resumed. Resuming accepts
 * what is: the same news does not stop it twice. A drop to YELLOW is a warning of Meta's; RED is what limits follow from, so
 * only RED stops.
 */
export function reasonToPause(
  then: Standing,
  now: StandingNow,
  stop: FailureStop,
): { cause: PauseCause; detail: string } | undefined {
  for (const [id, state] of Object.entries(now.states)) {
    if (state === 'missing' || !isSendable(state)) {
      return { cause: 'template_state', detail: `Template ${id} is ${state}, so it cannot be sent.` };
    }
  }
  for (const [id, { category, quality }] of Object.entries(now.templates)) {
    const before = then.templates[id];
    if (before && before.category !== category) {
      return {
        cause: 'category_change',
        detail: `Meta moved template ${id} from ${before.category} to ${category}, which changes its price. Resume to go on.`,
      };
    }
    if (isRed(quality) && worse(quality, before?.quality)) {
      return { cause: 'quality', detail: `The quality of template ${id} is low: customers block or report it.` };
    }
  }
  for (const [id, quality] of Object.entries(now.numbers)) {
    if (isRed(quality) && worse(quality, then.numbers[id])) {
      return { cause: 'quality', detail: `The quality of number ${id} is low: customers block or report it.` };
    }
  }
  const since = { failed: now.failed - then.failed, delivered: now.delivered - then.delivered };
  if (tooManyFail(stop, since)) {
    return {
      cause: 'failure_rate',
      detail: `${since.failed} of ${since.failed + since.delivered} messages failed, more than ${stop.percent} percent. See the causes in the report.`,
    };
  }
  return undefined;
}

const isRed = (quality: string): boolean => quality.toUpperCase() === 'RED';
