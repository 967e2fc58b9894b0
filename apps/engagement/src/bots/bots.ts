import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { Flow } from './flow.js';

export interface Bot {
  botId: string;
  name: string;
  /** The number that it answers at; null: all. */
  phoneNumberId: string | null;
  draft: Flow;
  /** Null: switched off. */
  liveVersion: number | null;
  updatedAt: Date;
}

/** A version that begins conversations. */
export interface LiveBot {
  botId: string;
  version: number;
  flow: Flow;
}

const COLUMNS = `b.bot_id AS "botId", b.name, b.phone_number_id AS "phoneNumberId", b.draft, b.live_version AS "liveVersion",
  b.updated_at AS "updatedAt"`;

/** The one writer of bots and their versions; a version never changes. */
@Injectable()
export class Bots {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<Bot[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM bots b WHERE b.tenant_id = $1 AND ($2::uuid IS NULL OR b.bot_id < $2)
        ORDER BY b.bot_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  async find(tx: Tx, tenantId: string, botId: string): Promise<Bot | undefined> {
    const [bot]: Bot[] = await tx.query(`SELECT ${COLUMNS} FROM bots b WHERE b.tenant_id = $1 AND b.bot_id = $2`, [
      tenantId,
      botId,
    ]);
    return bot;
  }

  /** @returns undefined when another bot has this name */
  async add(tx: Tx, tenantId: string, bot: Pick<Bot, 'name' | 'phoneNumberId' | 'draft'>): Promise<Bot | undefined> {
    const now = this.clock.now();
    const botId = newId(now);
    const rows: unknown[] = await tx.query(
      `INSERT INTO bots (tenant_id, bot_id, name, phone_number_id, draft, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, botId, bot.name, bot.phoneNumberId, JSON.stringify(bot.draft), now],
    );
    return rows.length > 0 ? this.find(tx, tenantId, botId) : undefined;
  }

  /** Customers go on with what is live. */
  async draft(tx: Tx, tenantId: string, botId: string, draft: Flow): Promise<void> {
    await tx.query('UPDATE bots SET draft = $3, updated_at = $4 WHERE tenant_id = $1 AND bot_id = $2', [
      tenantId,
      botId,
      JSON.stringify(draft),
      this.clock.now(),
    ]);
  }

  /** The draft becomes the next version, which begins conversations from now on. @returns its number */
  async publish(tx: Tx, tenantId: string, botId: string, madeBy: string): Promise<number> {
    const now = this.clock.now();
    // The bot's row is locked first, so two who publish at once make two versions.
    await tx.query('SELECT FROM bots WHERE tenant_id = $1 AND bot_id = $2 FOR UPDATE', [tenantId, botId]);
    const [{ version }]: [{ version: number }] = await tx.query(
      `INSERT INTO bot_versions (tenant_id, bot_id, version, flow, made_by, published_at)
       SELECT $1, $2, coalesce((SELECT max(v.version) FROM bot_versions v WHERE v.tenant_id = $1 AND v.bot_id = $2), 0) + 1,
              b.draft, $3, $4
         FROM bots b WHERE b.tenant_id = $1 AND b.bot_id = $2 RETURNING version`,
      [tenantId, botId, madeBy, now],
    );
    await this.setLive(tx, tenantId, botId, version);
    return version;
  }

  /** @param version null: begins no conversation; those that were begun go on */
  async setLive(tx: Tx, tenantId: string, botId: string, version: number | null): Promise<void> {
    await tx.query('UPDATE bots SET live_version = $3, updated_at = $4 WHERE tenant_id = $1 AND bot_id = $2', [
      tenantId,
      botId,
      version,
      this.clock.now(),
    ]);
  }

  /** Those that may begin a conversation at a number: the number's own first. */
  async liveAt(tx: Tx, tenantId: string, phoneNumberId: string): Promise<LiveBot[]> {
    return tx.query(
      `SELECT b.bot_id AS "botId", v.version, v.flow FROM bots b
         JOIN bot_versions v ON v.tenant_id = b.tenant_id AND v.bot_id = b.bot_id AND v.version = b.live_version
        WHERE b.tenant_id = $1 AND (b.phone_number_id = $2 OR b.phone_number_id IS NULL)
        ORDER BY b.phone_number_id IS NULL, b.bot_id`,
      [tenantId, phoneNumberId],
    );
  }

  async flow(tx: Tx, tenantId: string, botId: string, version: number): Promise<Flow | undefined> {
    const [row]: { flow: Flow }[] = await tx.query(
      'SELECT flow FROM bot_versions WHERE tenant_id = $1 AND bot_id = $2 AND version = $3',
      [tenantId, botId, version],
    );
    return row?.flow;
  }
}
