import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { hashPassword, hashToken, passwordMatches } from '#libs/vault';
import { ApiKey } from './api-key.entity.js';
import { Tenant } from './tenant.entity.js';
import { canMoveTenant, type TenantStatus } from './tenant-status.js';
import { type TenantRole, TenantUser } from './tenant-user.entity.js';

const KEY_PREFIX = 'paloma_';

/** Someone already signs in with this e-mail address. */
export class AddressTakenError extends Error {
  override name = 'AddressTakenError';
}

/** The one writer of tenants, their people and their keys. */
@Injectable()
export class Tenants {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Founds a tenant with its first owner.
   *
   * @param tenant name (1 to 200 characters), country (ISO 3166 alpha-2) if known
   * @param owner  e-mail (kept in lower case) and password in clear, which is stored as an Argon2 hash
   * @throws AddressTakenError when someone already signs in with this address
   */
  async found(
    tenant: { name: string; country?: string },
    owner: { email: string; password: string },
  ): Promise<{ tenantId: string; userId: string }> {
    const now = this.clock.now();
    const tenantId = newId(now);
    const userId = newId(now);
    const passwordHash = await hashPassword(owner.password);
    const email = owner.email.toLowerCase();
    await this.db.inTenant(tenantId, async (tx) => {
      // An address is unique across tenants, which no index can say of rows keyed by tenant: who comes second waits here.
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('address:' || $1, 0))", [email]);
      const taken = await tx.query('SELECT 1 FROM door_users_by_email($1)', [email]);
      if (taken.length > 0) throw new AddressTakenError();
      await tx
        .getRepository(Tenant)
        .insert({ tenantId, name: tenant.name, country: tenant.country ?? null, status: 'active', createdAt: now });
      await tx
        .getRepository(TenantUser)
        .insert({ tenantId, userId, email, passwordHash, role: 'owner', createdAt: now });
    });
    return { tenantId, userId };
  }

  /** @returns who signs in, or undefined when address or password is wrong (both take the same time) */
  async signIn(
    email: string,
    password: string,
  ): Promise<{ tenantId: string; userId: string; role: TenantRole } | undefined> {
    const found = await this.db.query<{ tenant_id: string; user_id: string; role: TenantRole; password_hash: string }>(
      'SELECT tenant_id, user_id, role, password_hash FROM door_users_by_email($1)',
      [email],
    );
    if (found.length === 0) await passwordMatches(undefined, password);
    for (const user of found) {
      if (await passwordMatches(user.password_hash, password)) {
        return { tenantId: user.tenant_id, userId: user.user_id, role: user.role };
      }
    }
    return undefined;
  }

  async find(tx: Tx, tenantId: string): Promise<Tenant | null> {
    return tx.getRepository(Tenant).findOneBy({ tenantId });
  }

  /**
   * Suspends, resumes or closes a tenant, as far as its state allows. Its row stays locked until the caller's transaction
   * ends, so what is written beside it (an audit entry) tells the truth.
   *
   * @returns the state before and whether it was moved; undefined when there is no such tenant
   */
  async setStatus(
    tx: Tx,
    tenantId: string,
    to: TenantStatus,
  ): Promise<{ before: TenantStatus; moved: boolean } | undefined> {
    const tenants = tx.getRepository(Tenant);
    const tenant = await tenants.findOne({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
    if (!tenant) return undefined;
    const moved = canMoveTenant(tenant.status, to);
    if (moved) await tenants.update({ tenantId }, { status: to });
    return { before: tenant.status, moved };
  }

  /** @returns the key, which is shown this once and cannot be read again */
  async issueApiKey(tenantId: string, name: string): Promise<{ apiKeyId: string; apiKey: string }> {
    const now = this.clock.now();
    const apiKeyId = newId(now);
    const apiKey = KEY_PREFIX + randomBytes(32).toString('base64url');
    await this.db.inTenant(tenantId, (tx) =>
      tx.getRepository(ApiKey).insert({
        tenantId,
        apiKeyId,
        name,
        hint: apiKey.slice(0, KEY_PREFIX.length + 4),
        hash: hashToken(apiKey),
        createdAt: now,
        expiresAt: null,
        revokedAt: null,
      }),
    );
    return { apiKeyId, apiKey };
  }

  async listApiKeys(tenantId: string): Promise<ApiKey[]> {
    return this.db.inTenant(tenantId, (tx) => tx.getRepository(ApiKey).find({ order: { apiKeyId: 'ASC' } }));
  }

  /** @returns false when the tenant has no such live key */
  async revokeApiKey(tenantId: string, apiKeyId: string): Promise<boolean> {
    return this.db.inTenant(tenantId, async (tx) => {
      const keys = tx.getRepository(ApiKey);
      const key = await keys.findOneBy({ tenantId, apiKeyId });
      if (!key || key.revokedAt) return false;
      await keys.update({ tenantId, apiKeyId }, { revokedAt: this.clock.now() });
      return true;
    });
  }
}
