import { Inject, Injectable } from '@nestjs/common';
import { makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog, type StaffRole } from '#libs/staff';
import { hashPassword } from '#libs/vault';
import { type Doer, type StaffUser, StaffUsers } from './staff-users.js';
import type { Whence } from './whence.js';

const HOUR_MS = 3_600_000;
const LIVES_MS = { invitation: 7 * 24 * HOUR_MS, 'reset-password': HOUR_MS } as const;

export interface Invitation {
  linkId: string;
  email: string;
  role: StaffRole;
  madeBy: string;
  createdAt: Date;
  expiresAt: Date;
}

interface Link {
  linkId: string;
  kind: keyof typeof LIVES_MS;
  secret: Buffer;
  staffId: string | null;
  email: string;
  role: StaffRole;
  open: boolean;
}

/** The one writer of one-time links for staff. What a link holds is shown once to who makes it, and handed on by them. */
@Injectable()
export class StaffLinks {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly users: StaffUsers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Invites somebody, in place of what was open for the address. @returns 'taken' when it has an account */
  async invite(email: string, role: StaffRole, by: Doer): Promise<(Invitation & { ticket: string }) | 'taken'> {
    if (await this.users.byAddress(email)) return 'taken';
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await this.spend(tx, `kind = 'invitation' AND email = $2`, email.toLowerCase());
      const made = await this.make(tx, { kind: 'invitation', email, role, madeBy: by.who });
      const object = `invitation:${made.linkId}`;
      await this.audit.record(tx, { ...by, action: 'staff.invite', object, after: { email: made.email, role } });
      return made;
    });
  }

  /** A link with which a member of staff chooses a new password. */
  resetPassword(user: StaffUser, by: Doer): Promise<{ ticket: string; expiresAt: Date }> {
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await this.spend(tx, `kind = 'reset-password' AND staff_id = $2`, user.staffId);
      const made = await this.make(tx, { kind: 'reset-password', ...user, madeBy: by.who });
      await this.audit.record(tx, { ...by, action: 'staff.reset-password', object: `staff:${user.staffId}` });
      return made;
    });
  }

  /** Invitations that were neither taken nor have expired. */
  invitations(): Promise<Invitation[]> {
    return this.db.query<Invitation>(
      `SELECT link_id AS "linkId", email, role, made_by AS "madeBy", created_at AS "createdAt", expires_at AS "expiresAt"
         FROM staff_links WHERE kind = 'invitation' AND used_at IS NULL AND expires_at > $1 ORDER BY link_id`,
      [this.clock.now()],
    );
  }

  /** @returns false when there is no such open invitation */
  withdraw(linkId: string, by: Doer): Promise<boolean> {
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      if ((await this.spend(tx, `kind = 'invitation' AND link_id = $2`, linkId)) === 0) return false;
      await this.audit.record(tx, { ...by, action: 'staff.withdraw-invitation', object: `invitation:${linkId}` });
      return true;
    });
  }

  /** Opens the account that an invitation is for. @returns undefined for a link that is dead, 'taken' for its address */
  async join(ticket: string, password: string, from: Whence): Promise<{ staffId: string } | 'taken' | undefined> {
    const passwordHash = await hashPassword(password);
    return this.use(ticket, 'invitation', async (tx, { email, role, linkId }) => {
      const by = { ...from, who: email, reason: `accepted the invitation ${linkId}` };
      return this.users.createIn(tx, { email, role, passwordHash }, by);
    });
  }

  /** @returns false for a link that is dead; else every session of the person has ended */
  async choosePassword(ticket: string, password: string, from: Whence): Promise<boolean> {
    const passwordHash = await hashPassword(password);
    const done = await this.use(ticket, 'reset-password', async (tx, { email, staffId }) => {
      if (!staffId) return undefined;
      const by = { ...from, who: email, staffId, reason: 'chose a new password by a link of an administrator' };
      await this.users.setPassword(tx, staffId, passwordHash, by);
      return true;
    });
    return done === true;
  }

  private async make(
    tx: Tx,
    link: Pick<Invitation, 'email' | 'role' | 'madeBy'> & { kind: Link['kind']; staffId?: string },
  ): Promise<Invitation & { ticket: string }> {
    const createdAt = this.clock.now();
    const linkId = newId(createdAt);
    const expiresAt = new Date(createdAt.getTime() + LIVES_MS[link.kind]);
    const { text, secretHash } = makeTicket(PROVIDER_TENANT, linkId);
    const [email, { role, madeBy }] = [link.email.toLowerCase(), link];
    await tx.query(
      `INSERT INTO staff_links (link_id, kind, secret, staff_id, email, role, made_by, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [linkId, link.kind, secretHash, link.staffId ?? null, email, role, madeBy, createdAt, expiresAt],
    );
    return { linkId, email, role, madeBy, createdAt, expiresAt, ticket: text };
  }

  private async spend(tx: Tx, which: string, value: string): Promise<number> {
    const [, spent]: [unknown, number] = await tx.query(
      `UPDATE staff_links SET used_at = $1 WHERE used_at IS NULL AND expires_at > $1 AND ${which}`,
      [this.clock.now(), value],
    );
    return spent;
  }

  private async use<T>(
    text: string,
    kind: Link['kind'],
    work: (tx: Tx, link: Link) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const ticket = readTicket(text);
    if (ticket?.tenantId !== PROVIDER_TENANT) return undefined;
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const [link]: Link[] = await tx.query(
        `SELECT link_id AS "linkId", kind, secret, staff_id AS "staffId", email, role,
                used_at IS NULL AND expires_at > $2 AS open
           FROM staff_links WHERE link_id = $1 FOR UPDATE`,
        [ticket.rowId, this.clock.now()],
      );
      if (!link?.open || link.kind !== kind || !link.secret.equals(ticket.secretHash)) return undefined;
      await this.spend(tx, 'link_id = $2', link.linkId);
      return work(tx, link);
    });
  }
}
