/** At most so many problems are written out; a person mends a few at a time. */
const MOST = 10;

/**
 * One refusal for a list of problems: that of the first, with all of them in its details, so that an author or developer
 * need not meet them one by one.
 * @returns the refusal's name in the error catalogue and the text for `error_data.details`; undefined without problems
 */
export function summarise<R extends string>(
  problems: readonly { readonly refusal: R; readonly at: string; readonly says: string }[],
): { readonly refusal: R; readonly details: string } | undefined {
  const first = problems[0];
  if (!first) return undefined;
  const lines = problems.slice(0, MOST).map(({ at, says }) => `${at}: ${says}.`);
  if (problems.length > MOST) lines.push(`And ${problems.length - MOST} more.`);
  return { refusal: first.refusal, details: lines.join(' ') };
}
