import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { AuditLog, type StaffRole } from '#libs/staff';
import { hashPassword, passwordMatches } from '#libs/vault';

/** How often in a row a password may be wrong, and for how long the account is then closed to everyone. */
export const LOCK_OUT = { failures: 10, minutes: 15 } as const;

/** The one writer of staff accounts. */
@Injectable()
export class StaffUsers {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Opens an account and writes down who did.
   *
   * @param account e-mail (kept in lower case), role, and password in clear, which is stored as an Argon2 hash
   * @param by      who opens it: the command line, until staff open accounts for each other
   * @returns its id, or 'taken' when the address has an account already
   */
  async create(
    account: { email: string; role: StaffRole; password: string },
    by: { who: string; reason: string },
  ): Promise<{ staffId: string } | 'taken'> {
    const createdAt = this.clock.now();
    const staffId = newId(createdAt);
    const email = account.email.toLowerCase();
    const passwordHash = await hashPassword(account.password);
    return this.db.asStaff(async (tx) => {
      const rows = await tx.query(
        `INSERT INTO staff_users (staff_id, email, password_hash, role, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (email) DO NOTHING RETURNING staff_id`,
        [staffId, email, passwordHash, account.role, createdAt],
      );
      if (rows.length === 0) return 'taken';
      await this.audit.record(tx, {
        ...by,
        action: 'staff.create',
        object: `staff:${staffId}`,
        after: { email, role: account.role },
      });
      return { staffId };
    });
  }

  /**
   * @returns who signs in; undefined when the address or the password is wrong, or the account is disabled or locked,
   *   which all take the same time and are not told apart
   */
  async signIn(
    email: string,
    password: string,
  ): Promise<{ staffId: string; email: string; role: StaffRole } | undefined> {
    const now = this.clock.now();
    const [user] = await this.db.query<{
      staff_id: string;
      email: string;
      role: StaffRole;
      password_hash: string;
      open: boolean;
    }>(
      `SELECT staff_id, email, role, password_hash,
              disabled_at IS NULL AND (locked_until IS NULL OR locked_until <= $2) AS open
         FROM staff_users WHERE email = lower($1)`,
      [email, now],
    );
    const matches = await passwordMatches(user?.password_hash, password);
    if (!user?.open) return undefined;
    await (matches ? this.forgetFailures(user.staff_id) : this.countFailure(user.staff_id, now));
    return matches ? { staffId: user.staff_id, email: user.email, role: user.role } : undefined;
  }

  // One statement each: passwords that are tried at the same moment are all counted.
  private async countFailure(staffId: string, now: Date): Promise<void> {
    await this.db.query(
      `UPDATE staff_users
          SET failed_sign_ins = CASE WHEN failed_sign_ins + 1 >= $2 THEN 0 ELSE failed_sign_ins + 1 END,
              locked_until = CASE WHEN failed_sign_ins + 1 >= $2 THEN $3::timestamptz + make_interval(mins => $4)
                                  ELSE locked_until END
        WHERE staff_id = $1`,
      [staffId, LOCK_OUT.failures, now, LOCK_OUT.minutes],
    );
  }

  private async forgetFailures(staffId: string): Promise<void> {
    await this.db.query(
      'UPDATE staff_users SET failed_sign_ins = 0, locked_until = NULL WHERE staff_id = $1 AND failed_sign_ins > 0',
      [staffId],
    );
  }
}
