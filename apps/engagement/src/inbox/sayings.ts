import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type Origin } from '#libs/gateway-client';
import { newId, timeOfId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** Something that Paloma says by itself, until the gateway has taken it. */
export interface Saying {
  /** Time-ordered; becomes the message's id, so saying it again says it once. */
  sayingId: string;
  conversationId: string;
  /** Said only while the bot owns the conversation in this turn; null: whoever owns it. */
  ownerTurn: number | null;
  origin: Origin;
  /** The Cloud API's body without `to`. */
  body: Record<string, unknown> | null;
  /** Instead of a message: the bot gives the conversation away, once everything before is said. */
  gives: BotGives | null;
}

/** To whom a bot gives a conversation. */
export interface BotGives {
  to: 'people' | 'nobody';
  /** Id. */
  team: string | null;
  skills: string[];
  why: string;
  /** The run that ends or rests. */
  runId: string;
}

/** Before it has an id. */
export type PlannedSaying = Omit<Saying, 'sayingId'>;

/** Not said any more when so much time has passed: an answer to what was asked long ago confuses. The gateway takes ids of the last hour. */
const STALE_MS = 10 * 60_000;

/** The one writer of what Paloma says by itself. */
@Injectable()
export class Sayings {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** In the transaction of what they answer, so that each is planned once. Wake lane `engagement.sayings` afterwards. */
  async plan(tx: Tx, tenantId: string, sayings: readonly PlannedSaying[]): Promise<void> {
    for (const { conversationId, ownerTurn, origin, body, gives } of sayings) {
      const now = this.clock.now();
      await tx.query(
        `INSERT INTO inbox_sayings (tenant_id, saying_id, conversation_id, owner_turn, origin, body, gives, state, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)`,
        [
          tenantId,
          newId(now),
          conversationId,
          ownerTurn,
          JSON.stringify(origin),
          body && JSON.stringify(body),
          gives && JSON.stringify(gives),
          now,
        ],
      );
    }
  }

  /** The oldest that wait, in order. What waited too long is dropped here. */
  async waiting(tx: Tx, tenantId: string, limit: number): Promise<Saying[]> {
    const now = this.clock.now();
    const rows: Saying[] = await tx.query(
      `SELECT saying_id AS "sayingId", conversation_id AS "conversationId", owner_turn::int AS "ownerTurn", origin, body, gives
         FROM inbox_sayings WHERE tenant_id = $1 AND state = 'waiting' AND due_at <= $2 ORDER BY saying_id LIMIT $3`,
      [tenantId, now, limit],
    );
    const stale = rows.filter((row) => !row.gives && now.getTime() - timeOfId(row.sayingId).getTime() > STALE_MS);
    for (const { sayingId } of stale) await this.settle(tx, tenantId, sayingId, 'dropped', 'waited too long');
    return rows.filter((row) => !stale.includes(row));
  }

  /** Whether something that was to be said earlier in the same conversation still waits. */
  async waitsBefore(tx: Tx, tenantId: string, { conversationId, sayingId }: Saying): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `SELECT FROM inbox_sayings WHERE tenant_id = $1 AND conversation_id = $2 AND saying_id < $3 AND state = 'waiting' LIMIT 1`,
      [tenantId, conversationId, sayingId],
    );
    return rows.length > 0;
  }

  async settle(
    tx: Tx,
    tenantId: string,
    sayingId: string,
    state: 'sent' | 'refused' | 'dropped',
    reason: string | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE inbox_sayings SET state = $3, reason = $4 WHERE tenant_id = $1 AND saying_id = $2 AND state = 'waiting'`,
      [tenantId, sayingId, state, reason],
    );
  }

  /**
   * Nothing of what a turn had to say is said any more.
   *
   * @returns ids of all its messages, also of those that the gateway has already
   */
  async drop(
    tx: Tx,
    tenantId: string,
    { conversationId, ownerTurn }: { conversationId: string; ownerTurn: number },
    reason: string,
  ): Promise<string[]> {
    const rows: { sayingId: string }[] = await tx.query(
      `WITH dropped AS (
         UPDATE inbox_sayings SET state = 'dropped', reason = $4
          WHERE tenant_id = $1 AND conversation_id = $2 AND owner_turn = $3 AND state = 'waiting')
       SELECT s.saying_id AS "sayingId" FROM inbox_sayings s
        WHERE s.tenant_id = $1 AND s.conversation_id = $2 AND s.owner_turn = $3 AND s.state IN ('waiting', 'sent')
          AND s.body IS NOT NULL ORDER BY s.saying_id`,
      [tenantId, conversationId, ownerTurn, reason],
    );
    return rows.map((row) => row.sayingId);
  }

  /** The gateway has no room for them at this moment. */
  async later(tx: Tx, tenantId: string, sayingIds: readonly string[], dueAt: Date): Promise<void> {
    await tx.query(
      `UPDATE inbox_sayings SET due_at = $3 WHERE tenant_id = $1 AND saying_id = ANY ($2::uuid[]) AND state = 'waiting'`,
      [tenantId, sayingIds, dueAt],
    );
  }
}
