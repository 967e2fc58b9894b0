import type { ServiceAudience, ServiceCall, ServiceTokens } from './service-tokens.js';

/** So long is an answer waited for; a batch that finds its number busy takes a few seconds. */
const PATIENCE_MS = 30_000;

/** The other app understood the call and said no; nothing was done. */
export class ServiceRefused extends Error {
  override name = 'ServiceRefused';
  constructor(
    readonly status: number,
    readonly code: string,
    details: string,
    readonly retryAfterSeconds: number | undefined,
  ) {
    super(details);
  }
}

/** No answer, or one of a process in trouble: it may or may not have been done, so only what may be repeated is repeated. */
export class ServiceUnreachable extends Error {
  override name = 'ServiceUnreachable';
}

/** Calls to the native API of another app of ours. */
export class ServiceCalls {
  /** @param urls where the apps are reached, without a slash at the end */
  constructor(
    private readonly tokens: ServiceTokens,
    private readonly urls: Readonly<Record<ServiceAudience, string>>,
  ) {}

  /**
   * @param call who acts and for whom
   * @param path of the route, with the query, such as `/api/v1/messages/batches`
   * @param body sent as JSON; none for a GET
   * @returns the answer's JSON
   * @throws ServiceRefused for 4xx but 408 and 429, ServiceUnreachable otherwise
   */
  async call(
    to: ServiceAudience,
    call: ServiceCall,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<unknown> {
    let status: number;
    let answer: unknown;
    let retryAfter: number;
    try {
      const response = await fetch(`${this.urls[to]}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.tokens.issue(call, to)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      status = response.status;
      retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
      answer = await response.json();
    } catch (cause) {
      throw new ServiceUnreachable(`${to} did not answer ${method} ${path}`, { cause });
    }
    if (status < 300) return answer;
    const { code = 'unknown', message = '' } = (answer as { error?: { code?: string; message?: string } }).error ?? {};
    if (status >= 500 || status === 408 || status === 429) {
      throw new ServiceUnreachable(`${to} answered ${method} ${path} with ${status} ${code}: ${message}`);
    }
    throw new ServiceRefused(status, code, message, Number.isFinite(retryAfter) ? retryAfter : undefined);
  }
}
