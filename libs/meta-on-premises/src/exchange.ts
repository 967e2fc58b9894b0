import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import { type Fields, isFields, textOf } from './fields.js';
import { OnPremisesError, type OnPremisesProblem, OnPremisesUnreachableError } from './on-premises-error.js';

export interface ExchangeOptions {
  /** `https://host:port`, with a path before `/v1` where several clients share a host. */
  url: string;
  /** PEM of the authority that signed the client's certificate; without it, the public ones are trusted. */
  ca?: string;
  /** How many connections may be open at once. */
  connections?: number;
  /** Resolves the host's name, in Node's form; for those who must judge where a connection leads. */
  lookup?: LookupFunction;
}

export interface V1Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`, e.g. `/messages`. */
  path: string;
  /** A value to be written as JSON, or JSON text. */
  body?: unknown;
  /** Bytes instead of JSON; opened once for each try, so that a call can be repeated. */
  file?: { open: () => Readable | Promise<Readable>; mimeType: string; size?: number };
  timeoutMs?: number;
}

export interface V1Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Still to be read, or destroyed, by whoever asked. */
  stream: Readable;
}

/** Answers are small; more is no answer of a client's, and must not fill our memory. */
const LARGEST_ANSWER = 1024 * 1024;

const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // TLS that did not come about: certificates are judged before anything is said.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  // Of a `lookup` that does not let a connection go where the name leads.
  'FORBIDDEN_ADDRESS',
]);

/** One On-Premises client over kept-alive connections: what goes over the wire, and what its silence means. */
export class Exchange {
  private readonly pool: Pool;
  private readonly base: string;
  private ended = false;

  constructor(options: ExchangeOptions) {
    const url = new URL(options.url);
    this.base = `${url.pathname.replace(/\/$/, '')}/v1`;
    this.pool = new Pool(url.origin, {
      connections: options.connections ?? 32,
      connect: {
        timeout: 5_000,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
        ...(options.lookup ? { lookup: options.lookup } : {}),
      },
    });
  }

  /**
   * @returns any answer below 400, its body not yet read
   * @throws OnPremisesError when the client refused, OnPremisesUnreachableError when there was no answer to trust
   */
  async ask(call: V1Call, authorization?: string): Promise<V1Answer> {
    const timeout = call.timeoutMs ?? 30_000;
    const { file, body } = call;
    // Outside what is told of the network: bytes that cannot be read are the caller's own trouble.
    const bytes = await file?.open();
    if (this.ended) throw new OnPremisesUnreachableError(false, new Error('its connections were closed'));
    let answer: V1Answer;
    let refusal: string;
    try {
      const {
        statusCode,
        headers,
        body: stream,
      } = await this.pool.request({
        method: call.method ?? 'GET',
        path: `${this.base}${call.path}`,
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(file
            ? { 'content-type': file.mimeType }
            : body === undefined
              ? {}
              : { 'content-type': 'application/json' }),
          ...(file?.size === undefined ? {} : { 'content-length': String(file.size) }),
        },
        body: bytes ?? (body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)),
        headersTimeout: timeout,
        bodyTimeout: timeout,
      });
      answer = { status: statusCode, headers, stream };
      if (statusCode < 400) return answer;
      refusal = await textOfAnswer(stream);
    } catch (error) {
      throw new OnPremisesUnreachableError(!NEVER_LEFT.has((error as { code?: string }).code ?? ''), error);
    }
    const problems = problemsOf(refusal);
    // Without the client's own words, something between us answered: below 500 nothing was done; else nobody can say.
    if (!problems && answer.status >= 500) {
      throw new OnPremisesUnreachableError(true, new Error(`status ${answer.status} without the client's envelope`));
    }
    throw new OnPremisesError(answer.status, problems ?? []);
  }

  /** As `ask`, for the parsed body; undefined where there is none. */
  async askJson(call: V1Call, authorization?: string): Promise<unknown> {
    const { stream } = await this.ask(call, authorization);
    try {
      const text = await textOfAnswer(stream);
      return text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      throw new OnPremisesUnreachableError(true, error);
    }
  }

  /** Takes no more calls, and resolves when those under way have their answers. */
  async finish(): Promise<void> {
    this.ended = true;
    await this.pool.close();
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.pool.destroy();
  }
}

async function textOfAnswer(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece as Buffer);
    size += (piece as Buffer).length;
    if (size > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function problemsOf(text: string): OnPremisesProblem[] | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const errors = isFields(body) ? body.errors : undefined;
    return Array.isArray(errors) && errors.length > 0 ? errors.filter(isFields).map(problemOf) : undefined;
  } catch {
    return undefined;
  }
}

/** What a client says of a problem, and nothing else: it may be anybody's server, and its words are stored and shown. */
function problemOf({ code, title, details, href }: Fields): OnPremisesProblem {
  const number = Number(textOf(code));
  return {
    code: Number.isInteger(number) ? number : undefined,
    title: textOf(title),
    details: textOf(details),
    href: textOf(href),
  };
}
