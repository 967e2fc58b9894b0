import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { hashPassword, hashToken, passwordMatches } from '#libs/vault';
import { ApiKey } from './api-key.entity.js';
import { claimAddress } from './claim-address.js';
import { KeyNews } from './key-news.js';
import type { KeyScope, TenantRole } from './permissions.js';
import { levelOf, type Standing, type SuspensionLevel, standingUnder } from './suspension.js';
import { Tenant } from './tenant.entity.js';
import type { TenantStatus } from './tenant-status.js';
import { TenantUser } from './tenant-user.entity.js';

const KEY_PREFIX = 'paloma_';

/** What a key is made for. */
export interface KeyLimits {
  scopes?: readonly KeyScope[];
  /** Ours; the caller has checked that they are the tenant's. */
  wabaId?: string;
  phoneNumberId?: string;
  expiresAt?: Date;
}

/** The one writer of tenants, their people and their keys. */
@Injectable()
export class Tenants {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() private readonly news?: KeyNews,
  ) {}

  /**
   * Founds a tenant with its first owner.
   *
   * @param tenant name (1 to 200 characters), country (ISO 3166 alpha-2) if known
   * @param owner  e-mail (kept in lower case) and password in clear, which is stored as an Argon2 hash
   * @param also   what is committed with it, such as the letter that asks to confirm the address
   * @throws AddressTakenError when someone already signs in with this address
   */
  async found(
    tenant: { name: string; country?: string },
    owner: { email: string; password: string },
    also?: (tx: Tx, founded: { tenantId: string; userId: string }) => Promise<void>,
  ): Promise<{ tenantId: string; userId: string }> {
    const now = this.clock.now();
    const tenantId = newId(now);
    const userId = newId(now);
    const passwordHash = await hashPassword(owner.password);
    const email = owner.email.toLowerCase();
    await this.db.inTenant(tenantId, async (tx) => {
      await claimAddress(tx, email);
      await tx.getRepository(Tenant).insert({
        tenantId,
        name: tenant.name,
        country: tenant.country ?? null,
        ...standingUnder(null),
        closesAt: null,
        createdAt: now,
      });
      await tx
        .getRepository(TenantUser)
        .insert({ tenantId, userId, email, passwordHash, role: 'owner', createdAt: now });
      await also?.(tx, { tenantId, userId });
    });
    return { tenantId, userId };
  }

  /** Founds a tenant that has nobody yet, in the caller's transaction: who may join as its owner is invited. */
  async foundFor(tx: Tx, tenant: { tenantId: string; name: string; country?: string | undefined }): Promise<void> {
    await tx.getRepository(Tenant).insert({
      tenantId: tenant.tenantId,
      name: tenant.name,
      country: tenant.country ?? null,
      ...standingUnder(null),
      closesAt: null,
      createdAt: this.clock.now(),
    });
  }

  /** @returns who signs in, or undefined when address or password is wrong (both take the same time) */
  async signIn(
    email: string,
    password: string,
  ): Promise<{ tenantId: string; userId: string; role: TenantRole; passwordHash: string } | undefined> {
    const found = await this.db.query<{ tenant_id: string; user_id: string; role: TenantRole; password_hash: string }>(
      'SELECT tenant_id, user_id, role, password_hash FROM door_users_by_email($1)',
      [email],
    );
    if (found.length === 0) await passwordMatches(undefined, password);
    for (const user of found) {
      if (await passwordMatches(user.password_hash, password)) {
        const { password_hash: passwordHash } = user;
        return { tenantId: user.tenant_id, userId: user.user_id, role: user.role, passwordHash };
      }
    }
    return undefined;
  }

  async find(tx: Tx, tenantId: string): Promise<Tenant | null> {
    return tx.getRepository(Tenant).findOneBy({ tenantId });
  }

  /**
   * Switches something off, or everything on again. The tenant's row stays locked until the caller's transaction ends, so
   * what is written beside it (an audit entry) tells the truth.
   *
   * @param level null: nothing is to be off
   * @returns what was off before, how the tenant stands now, and whether that is new (never for a closing or closed one); undefined when
   *   there is no such tenant
   */
  async suspend(
    tx: Tx,
    tenantId: string,
    level: SuspensionLevel | null,
  ): Promise<{ before: SuspensionLevel | null; status: TenantStatus; moved: boolean } | undefined> {
    const tenants = tx.getRepository(Tenant);
    const tenant = await tenants.findOne({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
    if (!tenant) return undefined;
    const before = levelOf(tenant);
    if (tenant.status === 'closing' || tenant.status === 'closed' || before === level)
      return { before, status: tenant.status, moved: false };
    const standing = standingUnder(level);
    await tenants.update({ tenantId }, standing);
    return { before, status: standing.status, moved: true };
  }

  /**
   * A tenant begins to close: it reads until then, and nothing else. Its row stays locked until the caller's transaction ends.
   *
   * @returns how it stood before; undefined when there is no such tenant
   */
  async beginClosing(tx: Tx, tenantId: string, closesAt: Date): Promise<TenantStatus | undefined> {
    const tenants = tx.getRepository(Tenant);
    const tenant = await tenants.findOne({ where: { tenantId }, lock: { mode: 'pessimistic_write' } });
    if (tenant && tenant.status !== 'closing' && tenant.status !== 'closed') {
      await tenants.update({ tenantId }, { status: 'closing', closesAt });
    }
    return tenant?.status;
  }

  /** A tenant that was closing stands again as it stood. */
  async reopen(tx: Tx, tenantId: string, status: TenantStatus): Promise<void> {
    await tx.getRepository(Tenant).update({ tenantId, status: 'closing' }, { status, closesAt: null });
  }

  /** A tenant that was closing is closed: nobody is let in any more. */
  async close(tx: Tx, tenantId: string): Promise<void> {
    await tx.getRepository(Tenant).update({ tenantId, status: 'closing' }, { status: 'closed' });
  }

  /**
   * @param hold what must still be so when the key is committed, such as the session of who makes it
   * @returns the key, which is shown this once and cannot be read again
   */
  async issueApiKey(
    tenantId: string,
    name: string,
    limits: KeyLimits = {},
    hold?: (tx: Tx) => Promise<void>,
  ): Promise<{ apiKeyId: string; apiKey: string }> {
    const { row, apiKey } = this.newKey(tenantId, name, limits);
    await this.db.inTenant(tenantId, async (tx) => {
      await hold?.(tx);
      await tx.getRepository(ApiKey).insert(row);
    });
    return { apiKeyId: row.apiKeyId, apiKey };
  }

  /**
   * Makes the successor of a key, with its name and limits. Both work until the old one is revoked, or has run out.
   *
   * @param oldEndsIn seconds after which the old one ends by itself
   * @param hold      as of `issueApiKey`
   * @returns 'no-key' for one that is not live, 'has-successor' while two are live already
   */
  async rotateApiKey(
    tenantId: string,
    apiKeyId: string,
    oldEndsIn?: number,
    hold?: (tx: Tx) => Promise<void>,
  ): Promise<{ apiKeyId: string; apiKey: string } | 'no-key' | 'has-successor'> {
    const made = await this.db.inTenant(tenantId, async (tx) => {
      await hold?.(tx);
      const keys = tx.getRepository(ApiKey);
      const old = await keys.findOne({ where: { tenantId, apiKeyId }, lock: { mode: 'pessimistic_write' } });
      const now = this.clock.now();
      if (!old || !isLive(old, now)) return 'no-key' as const;
      // Neither a key that has a successor nor that successor gets another, until one of the two is gone.
      const kin = await keys.find({ where: { tenantId } });
      const other = kin.find((k) => isLive(k, now) && (k.rotatedFrom === apiKeyId || k.apiKeyId === old.rotatedFrom));
      if (other) return 'has-successor' as const;
      const { row, apiKey } = this.newKey(tenantId, old.name, {
        ...(old.scopes ? { scopes: old.scopes } : {}),
        ...(old.wabaId ? { wabaId: old.wabaId } : {}),
        ...(old.phoneNumberId ? { phoneNumberId: old.phoneNumberId } : {}),
      });
      await keys.insert({ ...row, rotatedFrom: apiKeyId });
      if (oldEndsIn !== undefined) {
        await keys.update({ tenantId, apiKeyId }, { expiresAt: new Date(now.getTime() + oldEndsIn * 1_000) });
      }
      return { apiKeyId: row.apiKeyId, apiKey };
    });
    if (typeof made !== 'string' && oldEndsIn !== undefined) await this.news?.tell(apiKeyId);
    return made;
  }

  async listApiKeys(tenantId: string): Promise<ApiKey[]> {
    return this.db.inTenant(tenantId, (tx) => tx.getRepository(ApiKey).find({ order: { apiKeyId: 'ASC' } }));
  }

  /** Whether the tenant has such a key and it has neither been revoked nor expired. */
  async hasLiveKey(tenantId: string, apiKeyId: string): Promise<boolean> {
    const key = await this.db.inTenant(tenantId, (tx) => tx.getRepository(ApiKey).findOneBy({ tenantId, apiKeyId }));
    return key !== null && isLive(key, this.clock.now());
  }

  /** Revokes a key; when this resolves, every process has been told. @returns false when the tenant has no such live key */
  async revokeApiKey(tenantId: string, apiKeyId: string): Promise<boolean> {
    const revoked = await this.db.inTenant(tenantId, async (tx) => {
      const keys = tx.getRepository(ApiKey);
      const key = await keys.findOneBy({ tenantId, apiKeyId });
      if (!key || key.revokedAt) return false;
      await keys.update({ tenantId, apiKeyId }, { revokedAt: this.clock.now() });
      return true;
    });
    if (revoked) await this.news?.tell(apiKeyId);
    return revoked;
  }

  /** Revokes every live key, in the caller's transaction. @returns their ids, of which `tellOfKeys` tells once it is committed */
  async revokeAllApiKeys(tx: Tx, tenantId: string): Promise<string[]> {
    const keys = tx.getRepository(ApiKey);
    const now = this.clock.now();
    const live = (await keys.findBy({ tenantId, revokedAt: IsNull() })).map((key) => key.apiKeyId);
    if (live.length > 0) await keys.update({ tenantId, apiKeyId: In(live) }, { revokedAt: now });
    return live;
  }

  /** When this resolves, every process has been told that these keys have changed. */
  async tellOfKeys(apiKeyIds: readonly string[]): Promise<void> {
    for (const apiKeyId of apiKeyIds) await this.news?.tell(apiKeyId);
  }

  private newKey(tenantId: string, name: string, limits: KeyLimits): { row: ApiKey; apiKey: string } {
    const now = this.clock.now();
    const apiKey = KEY_PREFIX + randomBytes(32).toString('base64url');
    const row: ApiKey = {
      tenantId,
      apiKeyId: newId(now),
      name,
      hint: apiKey.slice(0, KEY_PREFIX.length + 4),
      hash: hashToken(apiKey),
      scopes: limits.scopes ? [...limits.scopes] : null,
      wabaId: limits.wabaId ?? null,
      phoneNumberId: limits.phoneNumberId ?? null,
      rotatedFrom: null,
      createdAt: now,
      expiresAt: limits.expiresAt ?? null,
      revokedAt: null,
      lastUsedAt: null,
    };
    return { row, apiKey };
  }
}

/** What the provider has switched off of a tenant; null for nothing. */
export async function suspensionOf(tx: Tx, tenantId: string): Promise<SuspensionLevel | null> {
  const [standing]: Standing[] = await tx.query(
    'SELECT status, marketing_off AS "marketingOff" FROM tenants WHERE tenant_id = $1',
    [tenantId],
  );
  return standing ? levelOf(standing) : null;
}

const isLive = (key: ApiKey, at: Date): boolean => !key.revokedAt && (!key.expiresAt || key.expiresAt > at);
