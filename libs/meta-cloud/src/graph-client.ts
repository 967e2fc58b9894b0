import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { type RefusalError, TransportRefusal, TransportUnreachable } from '#libs/message-transport';

/** Meta refused: its envelope, as it came. */
export class GraphError extends TransportRefusal {
  override name = 'GraphError';
  constructor(
    httpStatus: number,
    readonly body: unknown,
    retryAfterSeconds?: number,
  ) {
    super(httpStatus, (body as { error?: RefusalError } | undefined)?.error, { retryAfterSeconds });
  }
}

/**
 * No answer that can be trusted came back.
 * `sent` is false when the request certainly never left (no connection), so trying again cannot do harm; otherwise
 * Meta may or may not have acted on it.
 */
export class GraphUnreachableError extends TransportUnreachable {
  override name = 'GraphUnreachableError';
  constructor(sent: boolean, cause: unknown) {
    super(sent, `Graph did not answer: ${(cause as Error).message}`, { cause });
  }
}

export interface GraphRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Without version, e.g. `/123/messages`. */
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  /** A body that is sent as it comes, instead of `body`. */
  stream?: { contentType: string; length: number; bytes: Readable };
  /** Absent for calls that authenticate by their parameters (the code exchange). */
  token?: string;
  /** Beside ours or in place of them, named in small letters. */
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** `Retry-After` (RFC 9110, 10.2.3) in seconds; a date, which nobody has seen of Meta, counts as none. */
const secondsOf = (header: string | string[] | undefined): number | undefined =>
  typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : undefined;

/**
 * Speaks to Meta's Graph API over one pool of kept-alive connections (size: rate x round trip; 512 carry 1,000
 * messages/s at 250 ms with room). It knows no database and no queue.
 */
export class GraphClient {
  private readonly pool: Pool;
  private readonly base: string;

  /** @param options base URL of Graph, version such as `v24.0`, and how many connections may be open at once */
  constructor(options: { url: string; version: string; connections?: number }) {
    const url = new URL(options.url);
    this.base = `${url.pathname.replace(/\/$/, '')}/${options.version}`;
    this.pool = new Pool(url.origin, { connections: options.connections ?? 64, connect: { timeout: 5_000 } });
  }

  /**
   * @returns the parsed body of a 2xx answer
   * @throws GraphError when Meta refused, GraphUnreachableError when there was no answer to trust
   */
  async call<T>(request: GraphRequest): Promise<T> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) query.set(name, value);
    const search = query.size > 0 ? `?${query}` : '';
    const timeout = request.timeoutMs ?? 30_000;
    const { stream } = request;
    let status: number;
    let text: string;
    let retryAfter: number | undefined;
    try {
      const answer = await this.pool.request({
        method: request.method ?? 'GET',
        path: `${this.base}${request.path}${search}`,
        headers: {
          ...(request.token ? { authorization: `Bearer ${request.token}` } : {}),
          ...(stream
            ? { 'content-type': stream.contentType, 'content-length': String(stream.length) }
            : request.body === undefined
              ? {}
              : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        body: stream
          ? stream.bytes
          : request.body === undefined
            ? null
            : typeof request.body === 'string'
              ? request.body
              : JSON.stringify(request.body),
        headersTimeout: timeout,
        bodyTimeout: timeout,
      });
      status = answer.statusCode;
      retryAfter = secondsOf(answer.headers['retry-after']);
      text = await answer.body.text();
    } catch (error) {
      throw new GraphUnreachableError(!NEVER_LEFT.has((error as { code?: string }).code ?? ''), error);
    }
    let body: unknown;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      // A proxy's page instead of Graph's JSON: below 500 nothing was done; else nobody can say what was.
      if (status >= 400 && status < 500) throw new GraphError(status, undefined, retryAfter);
      throw new GraphUnreachableError(true, error);
    }
    if (status >= 500 && !(body as { error?: unknown } | undefined)?.error) {
      throw new GraphUnreachableError(true, new Error(`status ${status} without Graph's envelope`));
    }
    if (status >= 400) throw new GraphError(status, body, retryAfter);
    return body as T;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
