import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { type AuditEntry, AuditLog, type StaffRole } from '#libs/staff';
import { hashPassword, passwordMatches } from '#libs/vault';
import { StaffSessions } from './staff-sessions.js';

/** Who does it and why: a member of staff (`auditOf`), or a command. */
export type Doer = Omit<AuditEntry, 'action' | 'object' | 'tenantId' | 'before' | 'after'>;

export interface StaffUser {
  staffId: string;
  email: string;
  role: StaffRole;
  disabledAt: Date | null;
  totpSince: Date | null;
  recoveryCodes: number;
  oidcIdentity: string | null;
  createdAt: Date;
}

/** Somebody must be left who can let others in. */
export class LastAdministratorError extends Error {
  override name = 'LastAdministratorError';
}

const COLUMNS = `staff_id AS "staffId", email, role, disabled_at AS "disabledAt", totp_since AS "totpSince",
  cardinality(recovery_hashes) AS "recoveryCodes", oidc_identity AS "oidcIdentity", created_at AS "createdAt"`;

/** The one writer of staff accounts, with SecondFactors; each change leaves its trace in the same transaction. */
@Injectable()
export class StaffUsers {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly sessions: StaffSessions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens an account and writes down who did.
   *
   * @param account e-mail (kept in lower case), role, and password in clear, which is stored as an Argon2 hash
   * @returns its id, or 'taken' when the address has an account already
   */
  async create(
    account: { email: string; role: StaffRole; password: string },
    by: Doer,
  ): Promise<{ staffId: string } | 'taken'> {
    const passwordHash = await hashPassword(account.password);
    return this.db.inTenant(PROVIDER_TENANT, (tx) => this.createIn(tx, { ...account, passwordHash }, by));
  }

  /** The same in the caller's transaction. @param by absent: whoever it is for, by an invitation */
  async createIn(
    tx: Tx,
    account: { email: string; role: StaffRole; passwordHash: string },
    by: Doer,
  ): Promise<{ staffId: string } | 'taken'> {
    const createdAt = this.clock.now();
    const staffId = newId(createdAt);
    const email = account.email.toLowerCase();
    const rows = await tx.query(
      `INSERT INTO staff_users (staff_id, email, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (email) DO NOTHING RETURNING staff_id`,
      [staffId, email, account.passwordHash, account.role, createdAt],
    );
    if (rows.length === 0) return 'taken';
    const after = { email, role: account.role };
    await this.audit.record(tx, { ...by, action: 'staff.create', object: `staff:${staffId}`, after });
    return { staffId };
  }

  /** All accounts, oldest first. */
  list(): Promise<StaffUser[]> {
    return this.db.query<StaffUser>(`SELECT ${COLUMNS} FROM staff_users ORDER BY staff_id`);
  }

  async find(staffId: string): Promise<StaffUser | undefined> {
    const [user] = await this.db.query<StaffUser>(`SELECT ${COLUMNS} FROM staff_users WHERE staff_id = $1`, [staffId]);
    return user;
  }

  async byAddress(email: string): Promise<StaffUser | undefined> {
    const [user] = await this.db.query<StaffUser>(`SELECT ${COLUMNS} FROM staff_users WHERE email = lower($1)`, [
      email,
    ]);
    return user;
  }

  /**
   * @returns whose password it is; undefined when the address or the password is wrong, or the account is disabled, which
   *   all take the same time and are not told apart
   */
  async byPassword(email: string, password: string): Promise<StaffUser | undefined> {
    const [user] = await this.db.query<StaffUser & { passwordHash: string }>(
      `SELECT ${COLUMNS}, password_hash AS "passwordHash" FROM staff_users WHERE email = lower($1)`,
      [email],
    );
    const matches = await passwordMatches(user?.passwordHash, password);
    return user && matches && !user.disabledAt ? user : undefined;
  }

  async passwordIs(staffId: string, password: string): Promise<boolean> {
    const [user] = await this.db.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM staff_users WHERE staff_id = $1',
      [staffId],
    );
    return passwordMatches(user?.hash, password);
  }

  /** Sets a password; every session of the person ends. */
  async setPassword(tx: Tx, staffId: string, passwordHash: string, by: Doer): Promise<void> {
    await tx.query('UPDATE staff_users SET password_hash = $2 WHERE staff_id = $1', [staffId, passwordHash]);
    await this.sessions.endAll(tx, staffId, 'password-changed', by.who);
    await this.audit.record(tx, { ...by, action: 'staff.password', object: `staff:${staffId}` });
  }

  /**
   * Whose account an identity at the identity provider is: the one that is bound to it, or the one with its confirmed
   * address, which is bound to it from now on.
   *
   * @returns undefined when there is none, it is disabled, or it is bound to another identity
   */
  async byIdentity(identity: string, email: string | undefined, by: Pick<Doer, 'fromAddress' | 'requestId'>) {
    return this.db.inTenant(PROVIDER_TENANT, async (tx): Promise<StaffUser | undefined> => {
      const select = `SELECT ${COLUMNS} FROM staff_users WHERE disabled_at IS NULL`;
      const [bound]: StaffUser[] = await tx.query(`${select} AND oidc_identity = $1`, [identity]);
      if (bound || !email) return bound;
      const [user]: StaffUser[] = await tx.query(
        `${select} AND email = lower($1) AND oidc_identity IS NULL FOR UPDATE`,
        [email],
      );
      if (!user) return undefined;
      await tx.query('UPDATE staff_users SET oidc_identity = $2 WHERE staff_id = $1', [user.staffId, identity]);
      await this.audit.record(tx, {
        ...by,
        who: user.email,
        staffId: user.staffId,
        action: 'staff.bind-identity',
        object: `staff:${user.staffId}`,
        after: { identity },
        reason: 'first sign-in through the identity provider',
      });
      return user;
    });
  }

  /** What the person looks into by the old role ends. @throws LastAdministratorError @returns false when there is no such account */
  setRole(staffId: string, role: StaffRole, by: Doer): Promise<boolean> {
    return this.change(staffId, role !== 'administrator', async (tx, user) => {
      await tx.query('UPDATE staff_users SET role = $2 WHERE staff_id = $1', [staffId, role]);
      await this.sessions.leaveTenants(tx, staffId, by.who);
      const [before, after] = [{ role: user.role }, { role }];
      await this.audit.record(tx, { ...by, action: 'staff.role', object: `staff:${staffId}`, before, after });
    });
  }

  /** Nobody signs in with the account any more, and every session and access of it ends. @throws LastAdministratorError */
  disable(staffId: string, by: Doer): Promise<boolean> {
    return this.change(staffId, true, async (tx) => {
      await tx.query('UPDATE staff_users SET disabled_at = coalesce(disabled_at, $2) WHERE staff_id = $1', [
        staffId,
        this.clock.now(),
      ]);
      await this.sessions.endAll(tx, staffId, 'disabled', by.who);
      await this.audit.record(tx, { ...by, action: 'staff.disable', object: `staff:${staffId}` });
    });
  }

  enable(staffId: string, by: Doer): Promise<boolean> {
    return this.change(staffId, false, async (tx) => {
      await tx.query('UPDATE staff_users SET disabled_at = NULL WHERE staff_id = $1', [staffId]);
      await this.audit.record(tx, { ...by, action: 'staff.enable', object: `staff:${staffId}` });
    });
  }

  /** Takes the second factor away from somebody who lost it; their sessions end, and they add another one. */
  dropSecondFactor(staffId: string, by: Doer): Promise<boolean> {
    return this.change(staffId, false, async (tx) => {
      await tx.query(
        `UPDATE staff_users SET sealed_totp = NULL, totp_since = NULL, totp_last_step = NULL, recovery_hashes = '{}'
          WHERE staff_id = $1`,
        [staffId],
      );
      await this.sessions.endAll(tx, staffId, 'second-factor-reset', by.who);
      await this.audit.record(tx, { ...by, action: 'staff.reset-second-factor', object: `staff:${staffId}` });
    });
  }

  private change(
    staffId: string,
    losesAdministrator: boolean,
    work: (tx: Tx, user: { role: StaffRole }) => Promise<void>,
  ): Promise<boolean> {
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      // All administrators are locked, so two who go at once cannot both be the last but one.
      const administrators: { staffId: string }[] = await tx.query(
        `SELECT staff_id AS "staffId" FROM staff_users WHERE role = 'administrator' AND disabled_at IS NULL
          ORDER BY staff_id FOR UPDATE`,
      );
      const [user] = await tx.query('SELECT role FROM staff_users WHERE staff_id = $1 FOR UPDATE', [staffId]);
      if (!user) return false;
      if (losesAdministrator && administrators.length === 1 && administrators[0]?.staffId === staffId) {
        throw new LastAdministratorError();
      }
      await work(tx, user);
      return true;
    });
  }
}
