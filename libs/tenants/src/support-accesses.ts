import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { makeTicket, readTicket } from '#libs/auth';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { loggableUrl } from '#libs/observability';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import type { Caller } from './api-key-authenticator.js';
import { needOf } from './route-needs.js';
import { type SupportMay, supportMay } from './support-reach.js';
import type { TenantStatus } from './tenant-status.js';

/** How a token of staff begins, so that it is told from keys and sessions. */
export const SUPPORT_PREFIX = 'support_';

/** An access as the tenant and the staff see it. */
export interface SupportAccess extends SupportMay {
  id: string;
  /** E-mail address of the member of staff. */
  who: string;
  reason: string;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
  uses: number;
  last_used_at: Date | null;
}

export interface SupportUse {
  id: string;
  at: Date;
  method: string;
  /** Without its query, and without what names a customer. */
  path: string;
  /** Whether the access allowed it. */
  allowed: boolean;
}

/** These rows are never changed, so no erasure could take a customer out of them. */
const pathOf = (url: string): string => loggableUrl(url.split('?')[0] ?? '').slice(0, 500);

type Asked = Pick<FastifyRequest, 'method' | 'url' | 'routeOptions'>;

/**
 * The one writer of accesses with which the provider's staff look into a tenant: for a while, with a reason, read-only unless
 * granted otherwise. Every use is committed before it is answered.
 */
@Injectable()
export class SupportAccesses {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param tx of staff, in the tenant's scope @returns the token, shown this once */
  async grant(
    tx: Tx,
    tenantId: string,
    access: SupportMay & { who: string; reason: string; livesMs: number },
  ): Promise<{ accessId: string; token: string; expiresAt: Date }> {
    const now = this.clock.now();
    const accessId = newId(now);
    const { text, secretHash } = makeTicket(tenantId, accessId);
    const expiresAt = new Date(now.getTime() + access.livesMs);
    await tx.query(
      `INSERT INTO support_accesses (tenant_id, access_id, who, reason, writes, bodies, secret, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [tenantId, accessId, access.who, access.reason, access.writes, access.bodies, secretHash, now, expiresAt],
    );
    return { accessId, token: SUPPORT_PREFIX + text, expiresAt };
  }

  /** Accesses of a tenant, newest first. */
  list(tx: Tx, tenantId: string, page: { before?: string | undefined; limit: number }): Promise<SupportAccess[]> {
    return tx.query(
      `SELECT a.access_id AS id, a.who, a.reason, a.writes, a.bodies, a.created_at, a.expires_at, a.ended_at, a.ended_by,
              u.uses, u.last_used_at
         FROM support_accesses a
        CROSS JOIN LATERAL (SELECT count(*)::int AS uses, max(at) AS last_used_at FROM support_uses
                             WHERE tenant_id = a.tenant_id AND access_id = a.access_id) u
        WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.access_id < $2) ORDER BY a.access_id DESC LIMIT $3`,
      [tenantId, page.before ?? null, page.limit],
    );
  }

  /** What was done with an access, newest first. @throws Refusal when the tenant has no such access */
  async uses(
    tx: Tx,
    tenantId: string,
    accessId: string,
    page: { before?: string | undefined; limit: number },
  ): Promise<SupportUse[]> {
    const known: unknown[] = await tx.query('SELECT 1 FROM support_accesses WHERE tenant_id = $1 AND access_id = $2', [
      tenantId,
      accessId,
    ]);
    if (known.length === 0) throw Refusal.notFound('access');
    return tx.query(
      `SELECT use_id AS id, at, method, path, allowed FROM support_uses
        WHERE tenant_id = $1 AND access_id = $2 AND ($3::uuid IS NULL OR use_id < $3) ORDER BY use_id DESC LIMIT $4`,
      [tenantId, accessId, page.before ?? null, page.limit],
    );
  }

  /** @param by who ends it, such as `user:ID` @returns false when there is none that is still good */
  async end(tx: Tx, tenantId: string, accessId: string, by: string): Promise<boolean> {
    const [ended]: [unknown[], number] = await tx.query(
      `UPDATE support_accesses SET ended_at = $3, ended_by = $4
        WHERE tenant_id = $1 AND access_id = $2 AND ended_at IS NULL AND expires_at > $3 RETURNING access_id`,
      [tenantId, accessId, this.clock.now(), by],
    );
    return ended.length > 0;
  }

  /**
   * Ends all accesses of a member of staff, whichever tenants they look into, in a transaction of staff and for the provider.
   *
   * @param who e-mail address
   * @param by  as of `end`
   */
  async endAllOf(tx: Tx, who: string, by: string): Promise<void> {
    const now = this.clock.now();
    const tenants: { id: string }[] = await tx.query(
      'SELECT DISTINCT tenant_id AS id FROM support_accesses WHERE who = $1 AND ended_at IS NULL AND expires_at > $2',
      [who, now],
    );
    for (const { id } of tenants) {
      await this.db.goOnAs(tx, id);
      await tx.query(
        `UPDATE support_accesses SET ended_at = $3, ended_by = $4
          WHERE tenant_id = $1 AND who = $2 AND ended_at IS NULL AND expires_at > $3`,
        [id, who, now, by],
      );
    }
    await this.db.goOnAs(tx, PROVIDER_TENANT);
  }

  /**
   * Lets a member of staff in, after noting the call. Nothing is remembered: an access that is ended is so at once.
   *
   * @throws Refusal 401 for a token that is unknown, ended or has expired; 403 for a call that the access does not allow
   */
  async admit(token: string, request: Asked): Promise<Caller> {
    const ticket = readTicket(token.slice(SUPPORT_PREFIX.length));
    const caller = ticket && (await this.db.inTenant(ticket.tenantId, (tx) => this.use(tx, ticket, request)));
    if (!caller) throw new Refusal(401, 'invalid_token', 'This access is not known, was ended or has expired.');
    if (caller === 'not allowed') {
      throw Refusal.forbidden('This access does not allow that. It was noted, and the merchant sees it.');
    }
    return caller;
  }

  private async use(
    tx: Tx,
    { tenantId, rowId, secretHash }: NonNullable<ReturnType<typeof readTicket>>,
    request: Asked,
  ): Promise<Caller | 'not allowed' | undefined> {
    const now = this.clock.now();
    const [held]: (SupportMay & { secret: Buffer; status: TenantStatus })[] = await tx.query(
      `SELECT a.secret, a.writes, a.bodies, t.status FROM support_accesses a JOIN tenants t USING (tenant_id)
        WHERE a.tenant_id = $1 AND a.access_id = $2 AND a.ended_at IS NULL AND a.expires_at > $3 AND t.status <> 'closed'`,
      [tenantId, rowId, now],
    );
    if (!held || !timingSafeEqual(held.secret, secretHash)) return undefined;
    const route = request.routeOptions.url ?? '';
    const allowed = supportMay(held, request.method, route, needOf(request.method, route));
    await tx.query(
      `INSERT INTO support_uses (tenant_id, use_id, access_id, at, method, path, allowed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tenantId, newId(now), rowId, now, request.method, pathOf(request.url), allowed],
    );
    return allowed ? { tenantId, tenantStatus: held.status, supportAccessId: rowId } : 'not allowed';
  }
}
