import { Inject, Injectable } from '@nestjs/common';
import { exchanged, judgeRefresh, makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog, type SignInWay } from '#libs/staff';
import { SupportAccesses } from '#libs/tenants';
import type { Whence } from './whence.js';

const HOUR_MS = 3_600_000;
/** A session that is not renewed for a working day ends; after a week everybody signs in again. */
const IDLE_MS = 12 * HOUR_MS;
const LONGEST_MS = 7 * 24 * HOUR_MS;

export type WhyEnded = 'signed-out' | 'revoked' | 'stolen' | 'password-changed' | 'second-factor-reset' | 'disabled';

/** A session just opened or renewed; the refresh token is in clear here and nowhere else. */
export interface OpenSession {
  staffId: string;
  sessionId: string;
  way: SignInWay;
  refreshToken: string;
}

export interface StaffSession {
  sessionId: string;
  way: SignInWay;
  agent: string;
  fromAddress: string | null;
  createdAt: Date;
  usedAt: Date;
  expiresAt: Date;
}

/** The one writer of staff sessions: refresh tokens work once each, and one that comes back ends its session. */
@Injectable()
export class StaffSessions {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly accesses: SupportAccesses,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param more what the audit log should say beside how it was proved who signs in */
  async open(
    user: { staffId: string; email: string },
    way: SignInWay,
    from: Whence,
    more: object = {},
  ): Promise<OpenSession> {
    const now = this.clock.now();
    const sessionId = newId(now);
    const { text, secretHash } = makeTicket(PROVIDER_TENANT, sessionId);
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await tx.query(
        `INSERT INTO staff_sessions (session_id, staff_id, way, refresh_hash, agent, from_address, created_at, used_at,
                                     expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
        [
          sessionId,
          user.staffId,
          way,
          secretHash,
          from.userAgent ?? '',
          from.fromAddress,
          now,
          new Date(now.getTime() + IDLE_MS),
        ],
      );
      await this.audit.record(tx, {
        ...from,
        who: user.email,
        staffId: user.staffId,
        sessionId,
        action: 'session.open',
        object: `session:${sessionId}`,
        after: { way, ...more },
        reason: 'signed in',
      });
    });
    return { staffId: user.staffId, sessionId, way, refreshToken: text };
  }

  /**
   * Exchanges a refresh token for the next one.
   *
   * @returns 'stolen' for a token that was exchanged before, whose session has now ended; undefined for one that is
   *   unknown, or whose session has ended
   */
  async refresh(refreshToken: string, from: Whence): Promise<OpenSession | 'stolen' | undefined> {
    const ticket = readTicket(refreshToken);
    if (ticket?.tenantId !== PROVIDER_TENANT) return undefined;
    const { rowId: sessionId, secretHash } = ticket;
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const now = this.clock.now();
      const [held] = await tx.query(
        `SELECT s.staff_id AS "staffId", u.email, s.way, s.refresh_hash AS "refreshHash", s.used_hashes AS "usedHashes",
                s.created_at AS "createdAt"
           FROM staff_sessions s JOIN staff_users u USING (staff_id)
          WHERE s.session_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND u.disabled_at IS NULL
            FOR UPDATE OF s`,
        [sessionId, now],
      );
      if (!held) return undefined;
      const verdict = judgeRefresh(held, secretHash);
      if (verdict === 'unknown') return undefined;
      if (verdict === 'stolen') {
        await this.endWhere(tx, 'session_id = $1', sessionId, 'stolen');
        await this.audit.record(tx, {
          ...from,
          who: held.email,
          staffId: held.staffId,
          sessionId,
          action: 'session.end',
          object: `session:${sessionId}`,
          reason: 'a refresh token came a second time, so somebody copied it',
        });
        return 'stolen';
      }
      const next = makeTicket(PROVIDER_TENANT, sessionId);
      const kept = exchanged(held, next.secretHash);
      const expiresAt = new Date(Math.min(now.getTime() + IDLE_MS, held.createdAt.getTime() + LONGEST_MS));
      await tx.query(
        `UPDATE staff_sessions SET refresh_hash = $2, used_hashes = $3, used_at = $4, expires_at = $5
          WHERE session_id = $1`,
        [sessionId, kept.refreshHash, kept.usedHashes, now, expiresAt],
      );
      return { staffId: held.staffId, sessionId, way: held.way, refreshToken: next.text };
    });
  }

  /** The live sessions of a person, latest use first. */
  list(staffId: string): Promise<StaffSession[]> {
    return this.db.query<StaffSession>(
      `SELECT session_id AS "sessionId", way, agent, host(from_address) AS "fromAddress", created_at AS "createdAt",
              used_at AS "usedAt", expires_at AS "expiresAt"
         FROM staff_sessions WHERE staff_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY used_at DESC`,
      [staffId, this.clock.now()],
    );
  }

  /** Ends one session of a person in the caller's transaction. @returns false when there is no such live one */
  async end(tx: Tx, staffId: string, sessionId: string, why: WhyEnded): Promise<boolean> {
    const [mine] = await tx.query('SELECT 1 FROM staff_sessions WHERE session_id = $1 AND staff_id = $2', [
      sessionId,
      staffId,
    ]);
    return mine !== undefined && (await this.endWhere(tx, 'session_id = $1', sessionId, why)) > 0;
  }

  /**
   * Ends all sessions of a person in the caller's transaction, and what lets them into tenants.
   *
   * @param by who ends them
   * @returns how many sessions lived
   */
  async endAll(tx: Tx, staffId: string, why: WhyEnded, by: string): Promise<number> {
    await this.leaveTenants(tx, staffId, by);
    return this.endWhere(tx, 'staff_id = $1', staffId, why);
  }

  /** Ends a person's accesses to tenants, which are tokens of their own and go by nobody's role or session. */
  async leaveTenants(tx: Tx, staffId: string, by: string): Promise<void> {
    const [user]: { email: string }[] = await tx.query('SELECT email FROM staff_users WHERE staff_id = $1', [staffId]);
    if (user) await this.accesses.endAllOf(tx, user.email, `staff:${by}`);
  }

  /** Whoever proved a second factor in a session that a password opened has proved it for the session. */
  async prove(tx: Tx, sessionId: string): Promise<void> {
    await tx.query(`UPDATE staff_sessions SET way = 'second-factor' WHERE session_id = $1 AND way = 'password'`, [
      sessionId,
    ]);
  }

  private async endWhere(tx: Tx, which: string, id: string, why: WhyEnded): Promise<number> {
    const [, ended]: [unknown, number] = await tx.query(
      `UPDATE staff_sessions SET ended_at = $2, ended_why = $3 WHERE ${which} AND ended_at IS NULL AND expires_at > $2`,
      [id, this.clock.now(), why],
    );
    return ended;
  }
}
