import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { AddressGuard, ForbiddenAddressError, hostOf } from './address-guard.js';

/** An answer is read up to here; nobody needs more of it. */
const LARGEST_ANSWER = 64 * 1024;

export interface CallResult {
  /** HTTP status; absent when there was no answer. */
  httpStatus?: number;
  /** Why it does not count as done; absent for a 2xx. */
  error?: string;
  /** The beginning of the answer. */
  text?: string;
}

/** Calls tenants' addresses, and nothing but those: judged, pinned, without following redirects, bounded in time and size. */
export class OutgoingCalls {
  private readonly agent: Agent;

  /** @param timeoutMs for an answer, from its beginning to its end */
  constructor(
    private readonly guard: AddressGuard,
    private readonly timeoutMs: number,
  ) {
    this.agent = new Agent({
      connections: 16,
      keepAliveTimeout: 10_000,
      maxResponseSize: LARGEST_ANSWER,
      connect: { timeout: 5_000, lookup: guard.lookup as never },
    });
  }

  /** Posts a body byte for byte. Never throws; a 2xx is an answer, a redirect is not. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<CallResult> {
    return this.call(url, { method: 'POST', body, headers });
  }

  /** Asks an address for text; never throws. */
  get(url: string): Promise<CallResult> {
    return this.call(url, { method: 'GET' });
  }

  private async call(
    text: string,
    options: { method: 'GET' | 'POST'; body?: string; headers?: Readonly<Record<string, string>> },
  ): Promise<CallResult> {
    // `AbortSignal.timeout` does the same at ten times the price.
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(new DOMException('', 'TimeoutError')), this.timeoutMs);
    try {
      const url = new URL(text);
      // A socket asks `lookup` for names only.
      if (isIP(hostOf(url)) && !this.guard.mayReach(hostOf(url))) {
        throw new ForbiddenAddressError('the address is private or reserved');
      }
      const { statusCode, body } = await request(url, {
        ...options,
        dispatcher: this.agent,
        signal: patience.signal,
      });
      const answer = await body.text().catch(() => '');
      if (statusCode >= 200 && statusCode < 300) return { httpStatus: statusCode, text: answer };
      const why = statusCode >= 300 && statusCode < 400 ? 'redirects are not followed' : answer.slice(0, 200);
      return { httpStatus: statusCode, text: answer, error: `answered ${statusCode}${why ? `: ${why}` : ''}` };
    } catch (error) {
      return { error: wordsOf(error, this.timeoutMs) };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

function wordsOf(error: unknown, timeoutMs: number): string {
  const { name, message, code } = error as Error & { code?: string };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return code && !message.includes(code) ? `${code}: ${message}` : message;
}
