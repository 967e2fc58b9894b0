import { Refusal } from '#libs/http';
import { type GrammarProblem, summarise } from '#libs/template-state';
import { refuse } from '../graph-envelope/refuse.js';

/** A refusal with Meta's code for the first problem, and all of them: in the details, and by place for native clients. */
export function refuseProblems(problems: readonly GrammarProblem[]): Refusal | undefined {
  const wrong = summarise(problems);
  if (!wrong) return undefined;
  const fields: Record<string, string[]> = {};
  for (const { at, says } of problems) {
    fields[at] ??= [];
    fields[at].push(says);
  }
  const { status, code, details } = refuse(wrong.refusal, wrong.details);
  return new Refusal(status, code, details, { fields });
}
