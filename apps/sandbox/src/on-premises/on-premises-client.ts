import { randomBytes } from 'node:crypto';
import { GraphError } from '../graph/graph-error.js';
import type { MessageSender } from '../messages/send-message.js';
import type { Statuses } from '../messages/statuses.js';
import { refuseContent } from '../messages/validate-message.js';
import type { Json, PhoneNumber } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Outbox } from '../webhooks/outbox.js';
import { OnPremisesError, onPremisesCode } from './on-premises-error.js';

const WEEK = 7 * 86_400_000;

/**
 * The On-Premises client that a business ran itself (meta/onboarding.md §9): one number, its own users, media and
 * callback. It serves the first registered number, or the one chosen through its settings.
 */
export class OnPremisesClient {
  users = new Map<string, string>();
  tokens = new Map<string, { user: string; expiresAt: number }>();
  settings: Json = {};
  media = new Map<string, { mimeType: string; bytes: Buffer }>();
  phoneNumberId: string | undefined;

  constructor(
    private readonly world: World,
    private readonly sender: MessageSender,
    statuses: Statuses,
    private readonly outbox: Outbox,
  ) {
    statuses.onPremises = (_number, status) => this.callback({ statuses: [{ ...status, type: 'message' }] });
    world.onReset(() => this.reset());
    this.reset();
  }

  private reset(): void {
    this.users = new Map([['admin', 'secret']]);
    this.tokens.clear();
    this.media.clear();
    this.settings = {};
    this.phoneNumberId = undefined;
  }

  /** @throws OnPremisesError 1005 for wrong credentials. */
  login(user: string, password: string, newPassword?: string): { token: string; expiresAt: number } {
    if (this.users.get(user) !== password) throw new OnPremisesError(1005, 'Username/password is wrong.', 401);
    if (newPassword !== undefined) this.users.set(user, newPassword);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = this.world.now() + WEEK;
    this.tokens.set(token, { user, expiresAt });
    return { token, expiresAt };
  }

  /** @throws OnPremisesError 1005 unless the token lives. */
  requireLogin(authorization: string | undefined): void {
    const token = /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
    const session = token === undefined ? undefined : this.tokens.get(token);
    if (!session || session.expiresAt <= this.world.now()) throw new OnPremisesError(1005, 'Invalid credentials.', 401);
  }

  number(): PhoneNumber | undefined {
    if (this.phoneNumberId !== undefined) return this.world.get('phone_number', this.phoneNumberId);
    for (const number of this.world.all('phone_number')) if (number.registered) return number;
    return undefined;
  }

  /** @returns the message id. @throws OnPremisesError with the nearest On-Premises code. */
  send(body: Json): string {
    const number = this.number();
    if (!number) throw new OnPremisesError(1011, 'No number is registered.', 503);
    const refusal =
      typeof body.to === 'string' && body.to ? refuseContent(body) : { code: 131008, details: 'to is missing' };
    if (refusal) throw new OnPremisesError(onPremisesCode(refusal.code), refusal.details);
    const { content, id } = { content: this.withMedia(body), id: this.world.ids.onPremisesId() };
    try {
      return this.sender.accept(number, content, '/v1/messages', id, true).id;
    } catch (error) {
      if (error instanceof GraphError) throw new OnPremisesError(onPremisesCode(error.code), error.details);
      throw error;
    }
  }

  /** This client's media ids are its own; to the sender they are files that exist. */
  private withMedia(body: Json): Json {
    const type = String(body.type ?? 'text');
    const content = body[type] as Json | undefined;
    const id = content?.id;
    if (typeof id !== 'string') return body;
    if (!this.media.has(id)) throw new OnPremisesError(1006, `Media ${id} was not found.`, 404);
    return { ...body, [type]: { ...content, id: undefined, link: `https://media.sandbox/${id}` } };
  }

  /** Posts to `webhooks.url` as the client does: no envelope, no signature. */
  callback(body: Json): void {
    const url = (this.settings.webhooks as Json | undefined)?.url;
    if (typeof url === 'string' && url) this.outbox.send(url, 'on-premises', JSON.stringify(body));
  }
}
