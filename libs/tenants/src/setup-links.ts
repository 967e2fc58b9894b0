import { Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { SetupLink } from './setup-link.entity.js';
import type { TenantStatus } from './tenant-status.js';

export type LinkState = 'waiting' | 'opened' | 'used' | 'revoked' | 'expired';

export function stateOfLink(link: SetupLink, at: Date): LinkState {
  if (link.usedAt) return 'used';
  if (link.revokedAt) return 'revoked';
  if (link.expiresAt <= at) return 'expired';
  return link.openedAt ? 'opened' : 'waiting';
}

/**
 * The one writer of setup links. A link is good for one signup: opened again before that is live it resumes it, so a page
 * closed midway is no loss; after that it opens nothing.
 */
@Injectable()
export class SetupLinks {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param livesMs how long it may be opened @returns what the link holds, shown this once */
  async make(
    tx: Tx,
    tenantId: string,
    link: { madeBy: string; livesMs: number; returnUrl?: string },
  ): Promise<{ linkId: string; ticket: string; expiresAt: Date }> {
    const now = this.clock.now();
    const linkId = newId(now);
    const { text, secretHash } = makeTicket(tenantId, linkId);
    const expiresAt = new Date(now.getTime() + link.livesMs);
    await tx.getRepository(SetupLink).insert({
      tenantId,
      linkId,
      secret: secretHash,
      signupId: null,
      madeBy: link.madeBy,
      returnUrl: link.returnUrl ?? null,
      createdAt: now,
      expiresAt,
      openedAt: null,
      usedAt: null,
      revokedAt: null,
    });
    return { linkId, ticket: text, expiresAt };
  }

  /**
   * Opens a link.
   *
   * @param begin begins its signup at the first opening, in the same transaction
   * @returns the state of a link that opens nothing; undefined for a text that is no link of ours
   */
  async open(
    ticket: string,
    begin: (tx: Tx, tenantId: string) => Promise<string>,
  ): Promise<SetupLink | Exclude<LinkState, 'waiting' | 'opened'> | undefined> {
    const read = readTicket(ticket);
    if (!read) return undefined;
    const { tenantId, rowId: linkId, secretHash } = read;
    return this.db.inTenant(tenantId, async (tx) => {
      const links = tx.getRepository(SetupLink);
      const link = await links.findOne({ where: { tenantId, linkId }, lock: { mode: 'pessimistic_write' } });
      if (!link?.secret.equals(secretHash)) return undefined;
      const state = stateOfLink(link, this.clock.now());
      if (state === 'used' || state === 'revoked' || state === 'expired') return state;
      link.signupId ??= await begin(tx, tenantId);
      link.openedAt ??= this.clock.now();
      return links.save(link);
    });
  }

  /** What the holder of an opened link may touch; undefined once it was revoked or its time is over. */
  async holder(
    tenantId: string,
    linkId: string,
  ): Promise<{ signupId: string; tenantStatus: TenantStatus } | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const [row] = await tx.query(
        `SELECT l.signup_id, t.status FROM setup_links l JOIN tenants t USING (tenant_id)
          WHERE l.tenant_id = $1 AND l.link_id = $2 AND l.signup_id IS NOT NULL AND l.revoked_at IS NULL
            AND (l.expires_at > $3 OR l.used_at IS NOT NULL) AND t.status <> 'closed'`,
        [tenantId, linkId, this.clock.now()],
      );
      return row && { signupId: row.signup_id, tenantStatus: row.status };
    });
  }

  /** The signup of a link is live. */
  async use(tx: Tx, tenantId: string, signupId: string): Promise<void> {
    await tx.getRepository(SetupLink).update({ tenantId, signupId, usedAt: IsNull() }, { usedAt: this.clock.now() });
  }

  /** @returns the latest ones, newest first */
  list(tenantId: string, limit: number): Promise<SetupLink[]> {
    return this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(SetupLink).find({ where: { tenantId }, order: { linkId: 'DESC' }, take: limit }),
    );
  }

  /** Revokes every link that could still be opened, in the caller's transaction. @returns how many */
  async revokeAll(tx: Tx, tenantId: string): Promise<number> {
    const { affected } = await tx
      .getRepository(SetupLink)
      .update({ tenantId, usedAt: IsNull(), revokedAt: IsNull() }, { revokedAt: this.clock.now() });
    return affected ?? 0;
  }

  /** @returns false when there is no such link that could still be opened */
  async revoke(tenantId: string, linkId: string): Promise<boolean> {
    const { affected } = await this.db.inTenant(tenantId, (tx) =>
      tx
        .getRepository(SetupLink)
        .update({ tenantId, linkId, usedAt: IsNull(), revokedAt: IsNull() }, { revokedAt: this.clock.now() }),
    );
    return affected === 1;
  }
}
