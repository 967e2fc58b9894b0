/** Parameters by which the caller proves itself or names its number; they are said to us, not to the call. */
const OURS: ReadonlySet<string> = new Set(['access_token', 'phone_number_id']);

/**
 * The parameters of a write as Graph takes them: in the body or in the query (Meta writes `request_code` and `verify_code`
 * with them in the query: business phone numbers, 2026-02). The body's count where both name one.
 *
 * @returns the body itself where it is no object, or the query says nothing
 */
export function givenParameters(query: Readonly<Record<string, unknown>>, body: unknown): unknown {
  const inQuery = Object.entries(query).filter(([name, value]) => typeof value === 'string' && !OURS.has(name));
  if (inQuery.length === 0) return body;
  if (body !== undefined && body !== null && (typeof body !== 'object' || Array.isArray(body))) return body;
  return { ...Object.fromEntries(inQuery), ...body };
}
