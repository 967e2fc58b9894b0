import type { Readable } from 'node:stream';
import type { Clock } from '#libs/clock';
import { Exchange, type ExchangeOptions, type V1Call } from './exchange.js';
import { type Fields, isFields, textOf } from './fields.js';
import { type HealthNode, readHealth } from './health.js';
import { OnPremisesError, OnPremisesUnreachableError } from './on-premises-error.js';
import { passwordProblem } from './password.js';
import { Session, type Token } from './session.js';

export interface OnPremisesClientOptions extends ExchangeOptions {
  user: string;
  password: string;
  clock: Pick<Clock, 'now'>;
}

export interface CheckedContact {
  input: string;
  /** `valid`, `invalid`, `processing` (with `no_wait`), `failed`; from v2.43 on always `valid`. */
  status: string;
  wa_id?: string;
}

export interface UploadFile {
  /** Opened once for each try. */
  open: () => Readable | Promise<Readable>;
  mimeType: string;
  /** Bytes, where known. */
  size?: number;
}

const WEEK_MS = 7 * 86_400_000;

/**
 * Speaks to one On-Premises client, which carries one number (Meta's On-Premises reference, stored copies of 2026-05).
 * Every call but the login carries a token that is renewed before it ends; where the client does not know it any more
 * (401), one login is made for all who wait and the call is repeated once. It knows no database and no queue.
 *
 * All methods throw OnPremisesError when the client refused and OnPremisesUnreachableError when there was no answer to
 * trust. A login refused on the way of another call leaves as its OnPremisesError (401 or 403); one that failed for another
 * reason as OnPremisesUnreachableError with `sent` false, because the call itself never left.
 */
export class OnPremisesClient {
  private readonly exchange: Exchange;
  private readonly session: Session;
  private readonly user: string;
  private readonly clock: Pick<Clock, 'now'>;
  private password: string;

  constructor(options: OnPremisesClientOptions) {
    this.exchange = new Exchange(options);
    this.user = options.user;
    this.password = options.password;
    this.clock = options.clock;
    this.session = new Session(() => this.requestToken(), this.clock);
  }

  /**
   * Logs in, whether or not a token is held. The first login of a fresh client must set a new password, which the caller
   * keeps: from then on the old one is refused.
   * @throws Error when the new password is one that the client would refuse
   */
  async login(newPassword?: string): Promise<void> {
    const problem = newPassword === undefined ? undefined : passwordProblem(newPassword);
    if (problem) throw new Error(`The new password ${problem}.`);
    this.session.hold(await this.requestToken(newPassword));
    if (newPassword !== undefined) this.password = newPassword;
  }

  /**
   * @param body a message in the On-Premises form, as a value or as JSON text
   * @returns the client's answer: `{messages:[{id}], contacts?, meta}`
   */
  send(body: Fields | string, timeoutMs?: number): Promise<{ messages?: { id?: string }[] } | undefined> {
    return this.call({ method: 'POST', path: '/messages', body, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  async markRead(messageId: string, timeoutMs?: number): Promise<void> {
    await this.call({
      method: 'PUT',
      path: `/messages/${encodeURIComponent(messageId)}`,
      body: { status: 'read' },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  /** Not needed before sending from v2.39 on. */
  async checkContacts(
    contacts: readonly string[],
    options: { blocking?: 'wait' | 'no_wait'; forceCheck?: boolean } = {},
  ): Promise<CheckedContact[]> {
    const answer = await this.call<{ contacts?: CheckedContact[] }>({
      method: 'POST',
      path: '/contacts',
      body: {
        blocking: options.blocking ?? 'wait',
        contacts,
        ...(options.forceCheck === undefined ? {} : { force_check: options.forceCheck }),
      },
    });
    return answer?.contacts ?? [];
  }

  /** @returns the media id; the bytes are streamed */
  async uploadMedia(file: UploadFile): Promise<string> {
    const answer = await this.call<{ media?: { id?: string }[] }>({ method: 'POST', path: '/media', file });
    const id = answer?.media?.[0]?.id;
    if (!id) throw new OnPremisesUnreachableError(true, new Error('the answer to an upload names no media'));
    return id;
  }

  /** @returns the bytes as a stream, which the caller reads to its end or destroys */
  async downloadMedia(mediaId: string): Promise<{ mimeType: string; size?: number; bytes: Readable }> {
    const { headers, stream } = await this.withToken((token) =>
      this.exchange.ask({ path: `/media/${encodeURIComponent(mediaId)}` }, token),
    );
    const size = Number(headers['content-length'] ?? Number.NaN);
    return {
      mimeType: textOf(headers['content-type']) ?? 'application/octet-stream',
      ...(Number.isSafeInteger(size) ? { size } : {}),
      bytes: stream,
    };
  }

  /** `{callback_persist, media, webhooks{url, …}, …}`, as the client has it. */
  async applicationSettings(): Promise<Fields> {
    return within(await this.call({ path: '/settings/application' }), 'settings', 'application');
  }

  /** Changes what `changes` names. */
  async changeApplicationSettings(changes: Fields): Promise<void> {
    await this.call({ method: 'PATCH', path: '/settings/application', body: changes });
  }

  /** Has callbacks posted to `url`; they carry no signature, so the address itself must be a secret. */
  setWebhook(url: string, options: { maxConcurrentRequests?: number } = {}): Promise<void> {
    const { maxConcurrentRequests } = options;
    return this.changeApplicationSettings({
      webhooks: {
        url,
        ...(maxConcurrentRequests === undefined ? {} : { max_concurrent_requests: maxConcurrentRequests }),
        // Told apart from v2.41.2 on.
        message: { sent: true, delivered: true, read: true },
      },
    });
  }

  /** One node of a single client, or all of a multiconnect setup. */
  async health(): Promise<HealthNode[]> {
    return readHealth(await this.call({ path: '/health' }));
  }

  /**
   * Writes the number's registration under a password; together they are `backup` in the Cloud API's `/register`, by which
   * a number moves there without a new code.
   * @returns the data, base64
   */
  async backup(password: string): Promise<string> {
    const answer = within(
      await this.call({ method: 'POST', path: '/settings/backup', body: { password } }),
      'settings',
    );
    const data = textOf(answer.data);
    if (data === undefined) throw new OnPremisesUnreachableError(true, new Error('the answer holds no backup'));
    return data;
  }

  /** For a client that is replaced: takes no more calls, and resolves when those under way have their answers. */
  async finish(): Promise<void> {
    await this.exchange.finish();
  }

  /** Ends at once; calls under way fail without an answer. */
  async close(): Promise<void> {
    await this.exchange.close();
  }

  private async call<T>(call: V1Call): Promise<T | undefined> {
    return (await this.withToken((token) => this.exchange.askJson(call, token))) as T | undefined;
  }

  private async withToken<T>(ask: (bearer: string) => Promise<T>): Promise<T> {
    const token = await this.tokenFor();
    try {
      return await ask(`Bearer ${token}`);
    } catch (error) {
      if (!(error instanceof OnPremisesError) || error.httpStatus !== 401) throw error;
      return ask(`Bearer ${await this.tokenFor(token)}`);
    }
  }

  private async tokenFor(refused?: string): Promise<string> {
    try {
      return await this.session.token(refused);
    } catch (error) {
      if (isRefusedLogin(error)) throw error;
      throw new OnPremisesUnreachableError(false, error);
    }
  }

  private async requestToken(newPassword?: string): Promise<Token> {
    const basic = Buffer.from(`${this.user}:${this.password}`).toString('base64');
    const body = await this.exchange.askJson(
      { method: 'POST', path: '/users/login', body: newPassword === undefined ? {} : { new_password: newPassword } },
      `Basic ${basic}`,
    );
    const user = isFields(body) && Array.isArray(body.users) ? (body.users[0] as unknown) : undefined;
    const value = isFields(user) ? textOf(user.token) : undefined;
    if (value === undefined)
      throw new OnPremisesUnreachableError(true, new Error('the answer to a login holds no token'));
    return { value, expiresAt: this.expiryOf(isFields(user) ? user.expires_after : undefined) };
  }

  /** `2021-09-14 15:29:26+00:00`; a token whose end cannot be read is taken to live a week. */
  private expiryOf(written: unknown): Date {
    const at = typeof written === 'string' ? new Date(written.replace(' ', 'T')) : new Date(Number.NaN);
    return Number.isNaN(at.getTime()) ? new Date(this.clock.now().getTime() + WEEK_MS) : at;
  }
}

const PASSWORD_CHANGE_REQUIRED = 1024;

/** The client knows us and does not want us, so that no repeat helps before a person acts. */
const isRefusedLogin = (error: unknown): boolean =>
  error instanceof OnPremisesError &&
  (error.httpStatus === 401 || error.httpStatus === 403 || error.code === PASSWORD_CHANGE_REQUIRED);

/** The object at the end of a path of keys; empty where there is none. */
function within(answer: unknown, ...keys: string[]): Fields {
  let at: unknown = answer;
  for (const key of keys) at = isFields(at) ? at[key] : undefined;
  return isFields(at) ? at : {};
}
