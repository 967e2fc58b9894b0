import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { hashRecoveryCode, newRecoveryCodes, newTotpSecret, stepOfCode } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { TenantUser } from './tenant-user.entity.js';
import { UserSessions } from './user-sessions.js';

/** What a person without a second factor has of it. */
export const NO_SECOND_FACTOR = { sealedTotp: null, totpSince: null, totpLastStep: null, recoveryHashes: [] };

const totpContext = (userId: string) => `totp:${userId}`;

/** The second factors (RFC 6238) of a tenant's people. One writer with People. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly db: Database,
    private readonly sessions: UserSessions,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins a second factor; it is asked for once `confirm` has seen a code of it. @returns the secret, base32 */
  async begin(tenantId: string, userId: string): Promise<string> {
    const secret = newTotpSecret();
    await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(TenantUser)
        .update(
          { tenantId, userId, totpSince: IsNull() },
          { sealedTotp: this.vault.seal(secret, totpContext(userId)), totpLastStep: null },
        ),
    );
    return secret;
  }

  /** @returns the recovery codes, shown this once; undefined when the code is wrong or nothing was begun */
  confirm(tenantId: string, userId: string, sessionId: string, code: string): Promise<string[] | undefined> {
    return this.withUser(tenantId, userId, async (tx, user) => {
      await this.sessions.hold(tx, tenantId, sessionId);
      if (user.totpSince || !this.takeCode(user, code)) return undefined;
      const codes = newRecoveryCodes();
      user.totpSince = this.clock.now();
      user.recoveryHashes = codes.map(hashRecoveryCode);
      await tx.getRepository(TenantUser).save(user);
      return codes;
    });
  }

  async drop(tenantId: string, userId: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(TenantUser).update({ tenantId, userId }, NO_SECOND_FACTOR),
    );
  }

  /**
   * Judges the second factor of someone whose password was right. A code, or a recovery code, works once.
   *
   * @param given six digits of the app, or a recovery code
   */
  judge(
    tenantId: string,
    userId: string,
    given: string | undefined,
  ): Promise<'not-used' | 'right' | 'missing' | 'wrong'> {
    return this.withUser(tenantId, userId, async (tx, user) => {
      if (!user.totpSince) return 'not-used';
      if (given === undefined) return 'missing';
      const hash = hashRecoveryCode(given);
      const spare = user.recoveryHashes.findIndex((kept) => kept.equals(hash));
      if (spare >= 0) user.recoveryHashes = user.recoveryHashes.filter((_, i) => i !== spare);
      else if (!this.takeCode(user, given)) return 'wrong';
      await tx.getRepository(TenantUser).save(user);
      return 'right';
    }).then((verdict) => verdict ?? 'wrong');
  }

  private takeCode(user: TenantUser, code: string): boolean {
    if (!user.sealedTotp) return false;
    const secret = this.vault.open(user.sealedTotp, totpContext(user.userId));
    const last = user.totpLastStep === null ? undefined : Number(user.totpLastStep);
    const step = stepOfCode(secret, code, this.clock.now(), last);
    if (step === undefined) return false;
    user.totpLastStep = String(step);
    return true;
  }

  private withUser<T>(
    tenantId: string,
    userId: string,
    work: (tx: Tx, user: TenantUser) => Promise<T>,
  ): Promise<T | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const user = await tx
        .getRepository(TenantUser)
        .findOne({ where: { tenantId, userId }, lock: { mode: 'pessimistic_write' } });
      return user ? work(tx, user) : undefined;
    });
  }
}
