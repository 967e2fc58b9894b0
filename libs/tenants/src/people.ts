import { Inject, Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { hashPassword, passwordMatches } from '#libs/vault';
import { claimAddress } from './claim-address.js';
import { type LinkKind, OneTimeLink } from './one-time-link.entity.js';
import type { TenantRole } from './permissions.js';
import { NO_SECOND_FACTOR } from './second-factors.js';
import { SetupLinks } from './setup-links.js';
import { TenantUser } from './tenant-user.entity.js';
import { Tenants } from './tenants.js';
import { UserSessions } from './user-sessions.js';

const HOUR_MS = 3_600_000;
const LIVES_MS: Readonly<Record<LinkKind, number>> = {
  'confirm-email': 7 * 24 * HOUR_MS,
  'reset-password': HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
  'confirm-application': 7 * 24 * HOUR_MS,
};

/** A tenant must keep one owner, or nobody could decide anything. */
export class LastOwnerError extends Error {
  override name = 'LastOwnerError';
}

/** What an account lost as its address was first proven by somebody who did not know its password. */
export interface TakenOver {
  apiKeys: string[];
  setupLinks: number;
}

/** The people of a tenant after it is founded: invitations, passwords. One writer with Tenants and SecondFactors. */
@Injectable()
export class People {
  constructor(
    private readonly db: Database,
    private readonly sessions: UserSessions,
    private readonly tenants: Tenants,
    private readonly links: SetupLinks,
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

  /**
   * Confirms an address by a link that was sent to it, for who also knows the password: whoever has the address need not have
   * founded the account, and must not let a stranger's password stand.
   *
   * @returns `wrong-password`, after which the link is still good; undefined for a link that is none
   */
  async confirmEmail(
    ticket: string,
    password: string,
  ): Promise<{ tenantId: string; userId: string } | 'wrong-password' | undefined> {
    let isWrong = false;
    const confirmed = await this.useLink(ticket, ['confirm-email'], async (tx, { tenantId, userId, email }) => {
      if (!userId) return undefined;
      const users = tx.getRepository(TenantUser);
      const known = await users.findOne({ where: { tenantId, userId, email }, lock: { mode: 'pessimistic_write' } });
      if (!known) return undefined;
      isWrong = !(await passwordMatches(known.passwordHash, password));
      if (isWrong) return undefined;
      await users.update({ tenantId, userId }, { emailConfirmedAt: this.clock.now() });
      return { tenantId, userId };
    });
    return isWrong ? 'wrong-password' : confirmed;
  }

  /**
   * Sets a password by a link that was sent to the address; every session of the person ends. Whoever founds an account need
   * not have the address that they give. So where this is the first proof of it, nothing is left by which whoever was here
   * before could come back: no second factor, and no key or setup link of a tenant in which nobody else has proven who they are.
   *
   * @param alsoTakenOver what else is switched off then, in the same transaction
   */
  async resetPassword(
    ticket: string,
    password: string,
    alsoTakenOver?: (tx: Tx, tenantId: string) => Promise<void>,
  ): Promise<{ tenantId: string; userId: string; takenOver?: TakenOver } | undefined> {
    const passwordHash = await hashPassword(password);
    const done = await this.useLink(ticket, ['reset-password', 'confirm-application'], async (tx, link) => {
      const { tenantId, userId, email } = link;
      if (!userId) return undefined;
      const users = tx.getRepository(TenantUser);
      const known = await users.findOne({ where: { tenantId, userId, email }, lock: { mode: 'pessimistic_write' } });
      if (!known) return undefined;
      const now = this.clock.now();
      const isFirstProof = known.emailConfirmedAt === null;
      await users.update(
        { tenantId, userId },
        { passwordHash, emailConfirmedAt: now, ...(isFirstProof ? NO_SECOND_FACTOR : {}) },
      );
      // Links asked for before this one must not undo it.
      await tx
        .getRepository(OneTimeLink)
        .update({ tenantId, userId, kind: 'reset-password', usedAt: IsNull() }, { usedAt: now });
      // Before the keys: whoever makes one holds its session until then (`UserSessions.hold`).
      await this.sessions.endAll(tx, tenantId, userId, 'password-changed');
      if (!isFirstProof || (await users.existsBy({ tenantId, userId: Not(userId), emailConfirmedAt: Not(IsNull()) }))) {
        return { tenantId, userId };
      }
      const apiKeys = await this.tenants.revokeAllApiKeys(tx, tenantId);
      const takenOver = { apiKeys, setupLinks: await this.links.revokeAll(tx, tenantId) };
      await alsoTakenOver?.(tx, tenantId);
      return { tenantId, userId, takenOver };
    });
    await this.tenants.tellOfKeys(done?.takenOver?.apiKeys ?? []);
    return done;
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
