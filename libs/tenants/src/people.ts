import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { hashRecoveryCode, makeTicket, newRecoveryCodes, newTotpSecret, readTicket, stepOfCode } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { hashPassword, passwordMatches, Vault } from '#libs/vault';
import { claimAddress } from './claim-address.js';
import { type LinkKind, OneTimeLink } from './one-time-link.entity.js';
import type { TenantRole } from './permissions.js';
import { TenantUser } from './tenant-user.entity.js';
import { UserSessions } from './user-sessions.js';

const HOUR_MS = 3_600_000;
const LIVES_MS: Readonly<Record<LinkKind, number>> = {
  'confirm-email': 7 * 24 * HOUR_MS,
  'reset-password': HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
  'confirm-application': 7 * 24 * HOUR_MS,
};
const totpContext = (userId: string) => `totp:${userId}`;

/** A tenant must keep one owner, or nobody could decide anything. */
export class LastOwnerError extends Error {
  override name = 'LastOwnerError';
}

/** The people of a tenant after it is founded: invitations, passwords, second factors. One writer with Tenants. */
@Injectable()
export class People {
  constructor(
    private readonly db: Database,
    private readonly sessions: UserSessions,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(tenantId: string): Promise<TenantUser[]> {
    return this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(TenantUser).find({ where: { tenantId }, order: { userId: 'ASC' } }),
    );
  }

  find(tenantId: string, userId: string): Promise<TenantUser | null> {
    return this.db.inTenant(tenantId, (tx) => tx.getRepository(TenantUser).findOneBy({ tenantId, userId }));
  }

  /** Who signs in with an address; undefined for an address that nobody has. */
  async findByEmail(email: string): Promise<{ tenantId: string; userId: string } | undefined> {
    const [row] = await this.db.query<{ tenant_id: string; user_id: string }>(
      'SELECT tenant_id, user_id FROM door_users_by_email($1)',
      [email],
    );
    return row && { tenantId: row.tenant_id, userId: row.user_id };
  }

  /** Makes a one-time link in the caller's transaction. @returns what the link holds, to be sent and not kept */
  async makeLink(
    tx: Tx,
    tenantId: string,
    link: { kind: LinkKind; email: string; userId?: string; role?: TenantRole },
  ): Promise<string> {
    const now = this.clock.now();
    const linkId = newId(now);
    const { text, secretHash } = makeTicket(tenantId, linkId);
    await tx.getRepository(OneTimeLink).insert({
      tenantId,
      linkId,
      kind: link.kind,
      secret: secretHash,
      userId: link.userId ?? null,
      email: link.email.toLowerCase(),
      role: link.role ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + LIVES_MS[link.kind]),
      usedAt: null,
    });
    return text;
  }

  /** Invitations that were neither taken nor have expired. */
  async invitations(tenantId: string): Promise<OneTimeLink[]> {
    const now = this.clock.now();
    const open = await this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(OneTimeLink).find({
        where: { tenantId, kind: 'invitation', usedAt: IsNull() },
        order: { linkId: 'ASC' },
      }),
    );
    return open.filter((link) => link.expiresAt > now);
  }

  /** @returns false when there is no such open invitation */
  async withdraw(tenantId: string, linkId: string): Promise<boolean> {
    const { affected } = await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(OneTimeLink)
        .update({ tenantId, linkId, kind: 'invitation', usedAt: IsNull() }, { usedAt: this.clock.now() }),
    );
    return affected === 1;
  }

  /**
   * Takes an invitation: its person now belongs to the tenant, with the address confirmed.
   *
   * @throws AddressTakenError
   */
  async join(ticket: string, password: string): Promise<{ tenantId: string; userId: string } | undefined> {
    const passwordHash = await hashPassword(password);
    return this.useLink(ticket, ['invitation'], async (tx, link) => {
      const now = this.clock.now();
      const userId = newId(now);
      await claimAddress(tx, link.email);
      await tx.getRepository(TenantUser).insert({
        tenantId: link.tenantId,
        userId,
        email: link.email,
        passwordHash,
        role: link.role ?? 'agent',
        createdAt: now,
        emailConfirmedAt: now,
      });
      return { tenantId: link.tenantId, userId };
    });
  }

  confirmEmail(ticket: string): Promise<{ tenantId: string; userId: string } | undefined> {
    return this.useLink(ticket, ['confirm-email'], async (tx, { tenantId, userId, email }) => {
      if (!userId) return undefined;
      const confirmed = await tx
        .getRepository(TenantUser)
        .update({ tenantId, userId, email }, { emailConfirmedAt: this.clock.now() });
      return confirmed.affected === 1 ? { tenantId, userId } : undefined;
    });
  }

  /** Sets a password by a link that was sent to the address; every session of the person ends. */
  async resetPassword(ticket: string, password: string): Promise<{ tenantId: string; userId: string } | undefined> {
    const passwordHash = await hashPassword(password);
    return this.useLink(ticket, ['reset-password', 'confirm-application'], async (tx, { tenantId, userId, email }) => {
      if (!userId) return undefined;
      const now = this.clock.now();
      const reset = await tx
        .getRepository(TenantUser)
        .update({ tenantId, userId, email }, { passwordHash, emailConfirmedAt: now });
      if (reset.affected !== 1) return undefined;
      // Links asked for before this one must not undo it.
      await tx
        .getRepository(OneTimeLink)
        .update({ tenantId, userId, kind: 'reset-password', usedAt: IsNull() }, { usedAt: now });
      await this.sessions.endAll(tx, tenantId, userId, 'password-changed');
      return { tenantId, userId };
    });
  }

  /** @returns false when the old password is wrong; else every session has ended */
  async changePassword(tenantId: string, userId: string, old: string, password: string): Promise<boolean> {
    if (!(await this.passwordIs(tenantId, userId, old))) return false;
    const passwordHash = await hashPassword(password);
    await this.db.inTenant(tenantId, async (tx) => {
      await tx.getRepository(TenantUser).update({ tenantId, userId }, { passwordHash });
      await this.sessions.endAll(tx, tenantId, userId, 'password-changed');
    });
    return true;
  }

  async passwordIs(tenantId: string, userId: string, password: string): Promise<boolean> {
    const user = await this.find(tenantId, userId);
    return passwordMatches(user?.passwordHash, password);
  }

  /** @throws LastOwnerError @returns false when there is no such person */
  setRole(tenantId: string, userId: string, role: TenantRole): Promise<boolean> {
    return this.changeStanding(tenantId, userId, role, async (tx) => {
      await tx.getRepository(TenantUser).update({ tenantId, userId }, { role });
    });
  }

  /** @throws LastOwnerError @returns false when there is no such person */
  remove(tenantId: string, userId: string): Promise<boolean> {
    return this.changeStanding(tenantId, userId, undefined, async (tx) => {
      await tx.getRepository(TenantUser).delete({ tenantId, userId });
    });
  }

  /** Begins a second factor; it is asked for once `confirmTotp` has seen a code of it. @returns the secret, base32 */
  async beginTotp(tenantId: string, userId: string): Promise<string> {
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
  confirmTotp(tenantId: string, userId: string, code: string): Promise<string[] | undefined> {
    return this.withUser(tenantId, userId, async (tx, user) => {
      if (user.totpSince || !this.takeCode(user, code)) return undefined;
      const codes = newRecoveryCodes();
      user.totpSince = this.clock.now();
      user.recoveryHashes = codes.map(hashRecoveryCode);
      await tx.getRepository(TenantUser).save(user);
      return codes;
    });
  }

  async dropTotp(tenantId: string, userId: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(TenantUser)
        .update({ tenantId, userId }, { sealedTotp: null, totpSince: null, totpLastStep: null, recoveryHashes: [] }),
    );
  }

  /**
   * Judges the second factor of someone whose password was right. A code, or a recovery code, works once.
   *
   * @param given six digits of the app, or a recovery code
   */
  secondFactor(
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

  private async changeStanding(
    tenantId: string,
    userId: string,
    to: TenantRole | undefined,
    change: (tx: Tx) => Promise<void>,
  ): Promise<boolean> {
    return this.db.inTenant(tenantId, async (tx) => {
      // All owners are locked, so two who leave at once cannot both be the last but one.
      const owners = await tx
        .getRepository(TenantUser)
        .find({ where: { tenantId, role: 'owner' }, lock: { mode: 'pessimistic_write' } });
      if (!(await tx.getRepository(TenantUser).existsBy({ tenantId, userId }))) return false;
      if (to !== 'owner' && owners.length === 1 && owners[0]?.userId === userId) throw new LastOwnerError();
      await change(tx);
      return true;
    });
  }

  private async useLink<T>(
    text: string,
    kinds: readonly LinkKind[],
    work: (tx: Tx, link: OneTimeLink) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const ticket = readTicket(text);
    if (!ticket) return undefined;
    const { tenantId, rowId: linkId, secretHash } = ticket;
    return this.db.inTenant(tenantId, async (tx) => {
      const links = tx.getRepository(OneTimeLink);
      const link = await links.findOne({ where: { tenantId, linkId }, lock: { mode: 'pessimistic_write' } });
      const now = this.clock.now();
      if (!link?.secret.equals(secretHash) || !kinds.includes(link.kind) || link.usedAt || link.expiresAt <= now)
        return undefined;
      const done = await work(tx, link);
      if (done !== undefined) await links.update({ tenantId, linkId }, { usedAt: now });
      return done;
    });
  }
}
