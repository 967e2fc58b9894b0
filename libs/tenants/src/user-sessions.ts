import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { exchanged, judgeRefresh, makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { TenantRole } from './permissions.js';
import type { TenantStatus } from './tenant-status.js';
import { TenantUser } from './tenant-user.entity.js';
import { UserSession } from './user-session.entity.js';

/** A session that is not used for so long ends. */
const IDLE_MS = 30 * 86_400_000;

export type WhyEnded = 'signed-out' | 'revoked' | 'stolen' | 'password-changed' | 'removed';

/** A session just opened or prolonged; the refresh token is in clear here and nowhere else. */
export interface OpenSession {
  tenantId: string;
  userId: string;
  sessionId: string;
  refreshToken: string;
}

/** The one writer of sessions: refresh tokens work once each, and one that comes back ends its session. */
@Injectable()
export class UserSessions {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param from what the request tells of the browser and where it is
   * @param by   the hash of the password that let the person in: one that is being changed meanwhile opens nothing
   * @throws Refusal
   */
  async open(
    tenantId: string,
    userId: string,
    from: { agent?: string; address?: string },
    by?: { passwordHash: string },
  ): Promise<OpenSession> {
    const now = this.clock.now();
    const sessionId = newId(now);
    const { text, secretHash } = makeTicket(tenantId, sessionId);
    await this.db.inTenant(tenantId, async (tx) => {
      const person = by && { tenantId, userId, ...by };
      const isStill =
        !person || (await tx.getRepository(TenantUser).findOne({ where: person, lock: { mode: 'pessimistic_read' } }));
      if (!isStill) throw Refusal.unauthenticated('The password was just changed: sign in with the new one.');
      await tx.getRepository(UserSession).insert({
        tenantId,
        sessionId,
        userId,
        refreshHash: secretHash,
        usedHashes: [],
        agent: (from.agent ?? '').slice(0, 300),
        fromAddress: from.address ?? null,
        createdAt: now,
        usedAt: now,
        expiresAt: new Date(now.getTime() + IDLE_MS),
        endedAt: null,
        endedWhy: null,
      });
    });
    return { tenantId, userId, sessionId, refreshToken: text };
  }

  /**
   * Exchanges a refresh token for the next one.
   *
   * @returns `stolen`, whose session it was, for a token that was exchanged before: that session has now ended. Undefined
   *   for a token that is unknown, or whose session has ended
   */
  async refresh(
    refreshToken: string,
  ): Promise<OpenSession | { stolen: Omit<OpenSession, 'refreshToken'> } | undefined> {
    const ticket = readTicket(refreshToken);
    if (!ticket) return undefined;
    const { tenantId, rowId: sessionId, secretHash } = ticket;
    return this.db.inTenant(tenantId, async (tx) => {
      const sessions = tx.getRepository(UserSession);
      const now = this.clock.now();
      const held = await sessions.findOne({ where: { tenantId, sessionId }, lock: { mode: 'pessimistic_write' } });
      if (!held || held.endedAt || held.expiresAt <= now) return undefined;
      const verdict = judgeRefresh(held, secretHash);
      if (verdict === 'unknown') return undefined;
      if (verdict === 'stolen') {
        await sessions.update({ tenantId, sessionId }, { endedAt: now, endedWhy: 'stolen' satisfies WhyEnded });
        return { stolen: { tenantId, userId: held.userId, sessionId } };
      }
      const next = makeTicket(tenantId, sessionId);
      await sessions.update(
        { tenantId, sessionId },
        {
          ...exchanged(held, next.secretHash),
          usedAt: now,
          expiresAt: new Date(now.getTime() + IDLE_MS),
        },
      );
      return { tenantId, userId: held.userId, sessionId, refreshToken: next.text };
    });
  }

  /** Who a session is of, as of now; undefined when it has ended, or its person or tenant is gone. */
  async holder(
    tenantId: string,
    sessionId: string,
  ): Promise<{ userId: string; role: TenantRole; tenantStatus: TenantStatus; closesAt: Date | null } | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const [row] = await tx.query(
        `SELECT s.user_id, u.role, t.status, t.closes_at FROM user_sessions s
           JOIN tenant_users u USING (tenant_id, user_id) JOIN tenants t USING (tenant_id)
          WHERE s.tenant_id = $1 AND s.session_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
            AND t.status <> 'closed'`,
        [tenantId, sessionId, this.clock.now()],
      );
      return row && { userId: row.user_id, role: row.role, tenantStatus: row.status, closesAt: row.closes_at };
    });
  }

  /**
   * Holds a session live until the caller's transaction ends: whatever ends it waits, and sees what was made meanwhile.
   *
   * @throws Refusal when it has ended
   */
  async hold(tx: Tx, tenantId: string, sessionId: string): Promise<void> {
    const live = await tx.getRepository(UserSession).findOne({
      where: { tenantId, sessionId, endedAt: IsNull() },
      lock: { mode: 'pessimistic_read' },
    });
    if (!live) throw Refusal.unauthenticated('Sign in again: the session has ended.');
  }

  /** The live sessions of a person, latest use first. */
  async list(tenantId: string, userId: string): Promise<UserSession[]> {
    const now = this.clock.now();
    const all = await this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(UserSession).find({ where: { tenantId, userId, endedAt: IsNull() }, order: { usedAt: 'DESC' } }),
    );
    return all.filter((s) => s.expiresAt > now);
  }

  /** @returns false when the person has no such live session */
  async end(tenantId: string, userId: string, sessionId: string, why: WhyEnded): Promise<boolean> {
    const { affected } = await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(UserSession)
        .update({ tenantId, userId, sessionId, endedAt: IsNull() }, { endedAt: this.clock.now(), endedWhy: why }),
    );
    return affected === 1;
  }

  /** Ends all sessions of a person, in the caller's transaction. */
  async endAll(tx: Tx, tenantId: string, userId: string, why: WhyEnded): Promise<void> {
    await tx
      .getRepository(UserSession)
      .update({ tenantId, userId, endedAt: IsNull() }, { endedAt: this.clock.now(), endedWhy: why });
  }
}
