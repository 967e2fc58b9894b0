/**
 * An expected refusal of a request, with what the caller can do about it. Anything else that is thrown is a surprise
 * and leaves as `internal` without its message.
 */
export class Refusal extends Error {
  override name = 'Refusal';

  /**
   * @param status  HTTP status, 4xx or 5xx
   * @param code    stable, for programs: `snake_case`
   * @param details for people: what is wrong and how to mend it
   * @param more    seconds after which trying again helps; problems by field
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: string,
    readonly more: { retryAfterSeconds?: number; fields?: Readonly<Record<string, string[]>>; cause?: unknown } = {},
  ) {
    super(details, more.cause === undefined ? undefined : { cause: more.cause });
  }

  static notFound(what: string): Refusal {
    return new Refusal(404, 'not_found', `There is no such ${what}, or it belongs to someone else.`);
  }
  static unauthenticated(details: string): Refusal {
    return new Refusal(401, 'unauthenticated', details);
  }
  static forbidden(details: string): Refusal {
    return new Refusal(403, 'forbidden', details);
  }
  static invalid(details: string, fields?: Readonly<Record<string, string[]>>): Refusal {
    return new Refusal(400, 'invalid_request', details, fields ? { fields } : {});
  }
  static conflict(details: string): Refusal {
    return new Refusal(409, 'conflict', details);
  }
}
