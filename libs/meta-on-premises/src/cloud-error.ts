import { metaError, onPremisesError } from '#libs/error-catalogue';
import { isFields, textOf } from './fields.js';

/** The Cloud API code nearest to an On-Premises one; a code in neither table is passed on as it is. */
export const nearestCloudCode = (code: number): number => onPremisesError(code)?.nearestCloudCode ?? code;

/**
 * One of `errors[]` of a callback in the form that Cloud API webhooks give it: the nearest code with its own title, and in
 * `error_data.details` what the On-Premises client said. What is no error is returned as it is.
 */
export function cloudErrorOf(problem: unknown): unknown {
  if (!isFields(problem)) return problem;
  const { code, title, details, message, ...rest } = problem;
  const old = Number(code);
  if (!Number.isInteger(old)) return problem;
  const row = onPremisesError(old);
  const said = textOf(details) ?? textOf(message);
  // A code of none of the On-Premises lists keeps its own title: we could not name it better.
  const named = row ? metaError(row.nearestCloudCode).title : (textOf(title) ?? metaError(old).title);
  const from = `On-Premises ${old} ${textOf(title) ?? row?.title ?? ''}`.trim();
  return {
    ...rest,
    code: nearestCloudCode(old),
    title: named,
    message: named,
    error_data: { ...(isFields(rest.error_data) ? rest.error_data : {}), details: said ? `${from}: ${said}` : from },
  };
}
