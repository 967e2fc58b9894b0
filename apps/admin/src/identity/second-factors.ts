import { Inject, Injectable } from '@nestjs/common';
import { hashRecoveryCode, newRecoveryCodes, newTotpSecret, stepOfCode } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog } from '#libs/staff';
import { Vault } from '#libs/vault';
import { StaffSessions } from './staff-sessions.js';
import type { Doer } from './staff-users.js';

interface Factor {
  sealedTotp: string | null;
  totpSince: Date | null;
  totpLastStep: string | null;
  recoveryHashes: Buffer[];
}

/** How long a secret that was begun may wait for its first code. */
const BEGUN_FOR_MS = 15 * 60_000;
const contextOf = (staffId: string) => `staff-totp:${staffId}`;
const begunContextOf = (staffId: string) => `staff-totp-begun:${staffId}`;

/** Second factors of staff (RFC 6238 and recovery codes). Writes staff accounts, with StaffUsers. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly sessions: StaffSessions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Judges the second factor of someone whose password was right. A code, or a recovery code, works once.
   *
   * @param given six digits of the app, or a recovery code
   */
  judge(
    staffId: string,
    given: string | undefined,
  ): Promise<'not-used' | 'right' | 'recovery-code' | 'missing' | 'wrong'> {
    return this.withFactor(staffId, async (tx, factor) => {
      if (!factor.totpSince) return 'not-used';
      if (given === undefined) return 'missing';
      const hash = hashRecoveryCode(given);
      if (factor.recoveryHashes.some((kept) => kept.equals(hash))) {
        await tx.query(
          'UPDATE staff_users SET recovery_hashes = array_remove(recovery_hashes, $2) WHERE staff_id = $1',
          [staffId, hash],
        );
        return 'recovery-code';
      }
      const secret = factor.sealedTotp ? this.vault.open(factor.sealedTotp, contextOf(staffId)) : '';
      const last = factor.totpLastStep === null ? undefined : Number(factor.totpLastStep);
      const step = stepOfCode(secret, given, this.clock.now(), last);
      if (step === undefined) return 'wrong';
      await tx.query('UPDATE staff_users SET totp_last_step = $2 WHERE staff_id = $1', [staffId, step]);
      return 'right';
    });
  }

  /**
   * Begins a second factor, the first one or one in place of another; the account changes when a code of it is seen.
   *
   * @returns the secret (base32) for the app, and the same sealed, to be handed back with the code
   */
  begin(staffId: string): { secret: string; begun: string } {
    const secret = newTotpSecret();
    const until = this.clock.now().getTime() + BEGUN_FOR_MS;
    return { secret, begun: this.vault.seal(JSON.stringify({ secret, until }), begunContextOf(staffId)) };
  }

  /**
   * Takes the second factor that was begun into use, and proves the session.
   *
   * @returns ten recovery codes, shown this once; undefined when the code is wrong or what was begun is too old
   */
  async confirm(staffId: string, begun: string, code: string, by: Doer): Promise<string[] | undefined> {
    const secret = this.readBegun(staffId, begun);
    const now = this.clock.now();
    const step = secret && stepOfCode(secret, code, now, undefined);
    if (!secret || step === undefined) return undefined;
    const codes = newRecoveryCodes();
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await tx.query(
        `UPDATE staff_users SET sealed_totp = $2, totp_since = $3, totp_last_step = $4, recovery_hashes = $5
          WHERE staff_id = $1`,
        [staffId, this.vault.seal(secret, contextOf(staffId)), now, step, codes.map(hashRecoveryCode)],
      );
      if (by.sessionId) await this.sessions.prove(tx, by.sessionId);
      await this.audit.record(tx, { ...by, action: 'second-factor.add', object: `staff:${staffId}` });
    });
    return codes;
  }

  /** Ten recovery codes in place of those that are left. */
  async renewCodes(staffId: string, by: Doer): Promise<string[]> {
    const codes = newRecoveryCodes();
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await tx.query('UPDATE staff_users SET recovery_hashes = $2 WHERE staff_id = $1', [
        staffId,
        codes.map(hashRecoveryCode),
      ]);
      await this.audit.record(tx, { ...by, action: 'second-factor.renew-codes', object: `staff:${staffId}` });
    });
    return codes;
  }

  private readBegun(staffId: string, begun: string): string | undefined {
    try {
      const { secret, until } = JSON.parse(this.vault.open(begun, begunContextOf(staffId)));
      return this.clock.now().getTime() <= until ? secret : undefined;
    } catch {
      return undefined;
    }
  }

  private withFactor<T>(staffId: string, work: (tx: Tx, factor: Factor) => Promise<T>): Promise<T> {
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const [factor] = await tx.query(
        `SELECT sealed_totp AS "sealedTotp", totp_since AS "totpSince", totp_last_step AS "totpLastStep",
                recovery_hashes AS "recoveryHashes"
           FROM staff_users WHERE staff_id = $1 FOR UPDATE`,
        [staffId],
      );
      return work(tx, factor);
    });
  }
}
