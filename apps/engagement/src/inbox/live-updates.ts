import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Subject } from 'rxjs';
import { LOGGER } from '#libs/observability';
import { REDIS } from '#libs/queues';

/** A hint that something is to be read again; whoever missed one reads the lists anew, so losing one loses nothing. */
export type LiveUpdate =
  | { type: 'conversation'; conversation_id: string }
  | { type: 'presence'; conversation_id: string; agent: string; doing: Doing };
export const DOINGS = ['viewing', 'typing', 'away'] as const;
export type Doing = (typeof DOINGS)[number];

/** For whom an agent's screen counts as open after its last sign. */
const PRESENT_SECONDS = 30;
const CHANNEL = 'inbox-live:';
const presenceKey = (tenantId: string, conversationId: string) => `inbox-presence:${tenantId}:${conversationId}`;

/** What changes in an inbox, to every screen that shows it, whichever process the change or the screen is at. */
@Injectable()
export class LiveUpdates implements OnModuleDestroy {
  private readonly watched = new Map<string, Subject<LiveUpdate>>();
  /** A connection that listens can do nothing else. */
  private listener: Redis | undefined;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** After the change is committed. Never throws and is not waited for. */
  changed(tenantId: string, conversationIds: readonly string[]): void {
    for (const id of new Set(conversationIds)) this.publish(tenantId, { type: 'conversation', conversation_id: id });
  }

  /** @returns what happens from now on; it ends when this process stops */
  async watch(tenantId: string): Promise<Subject<LiveUpdate>> {
    const known = this.watched.get(tenantId);
    if (known) return known;
    const subject = new Subject<LiveUpdate>();
    this.watched.set(tenantId, subject);
    this.listener ??= this.listen();
    await this.listener.subscribe(this.channel(tenantId));
    return subject;
  }

  /** A screen is no longer there. */
  async leave(tenantId: string): Promise<void> {
    const subject = this.watched.get(tenantId);
    if (!subject || subject.observed) return;
    this.watched.delete(tenantId);
    await this.listener?.unsubscribe(this.channel(tenantId));
  }

  /** An agent looks at a conversation or writes in it. @returns who else does */
  async present(
    tenantId: string,
    conversationId: string,
    agent: string,
    doing: Doing,
    now: Date,
  ): Promise<{ agent: string; doing: Doing }[]> {
    const key = presenceKey(tenantId, conversationId);
    if (doing === 'away') await this.redis.hdel(key, agent);
    else await this.redis.hset(key, agent, `${doing} ${now.getTime()}`);
    await this.redis.expire(key, PRESENT_SECONDS);
    this.publish(tenantId, { type: 'presence', conversation_id: conversationId, agent, doing });
    const oldest = now.getTime() - PRESENT_SECONDS * 1_000;
    return Object.entries(await this.redis.hgetall(key))
      .map(([who, said]) => ({ agent: who, doing: said.split(' ')[0] as Doing, at: Number(said.split(' ')[1]) }))
      .filter((p) => p.agent !== agent && p.at > oldest)
      .map(({ agent: who, doing: what }) => ({ agent: who, doing: what }));
  }

  onModuleDestroy(): void {
    for (const subject of this.watched.values()) subject.complete();
    this.listener?.disconnect();
  }

  private publish(tenantId: string, update: LiveUpdate): void {
    this.redis
      .publish(this.channel(tenantId), JSON.stringify(update))
      .catch((error) => this.logger.warn({ err: error }, 'a live update of the inbox was lost'));
  }

  /** Redis puts a prefix before keys, but not before channels. */
  private channel(tenantId: string): string {
    return `${this.redis.options.keyPrefix ?? ''}${CHANNEL}${tenantId}`;
  }

  private listen(): Redis {
    const listener = this.redis.duplicate({ keyPrefix: '', maxRetriesPerRequest: null });
    listener.on('error', (error) => this.logger.warn({ err: error }, 'live updates of the inbox wait for Redis'));
    listener.on('message', (channel: string, text: string) => {
      const tenantId = channel.slice(channel.indexOf(CHANNEL) + CHANNEL.length);
      this.watched.get(tenantId)?.next(JSON.parse(text) as LiveUpdate);
    });
    return listener;
  }
}
