import { Inject, Injectable, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import type { ServiceApp } from '#libs/service-calls';
import { hashToken } from '#libs/vault';
import { KeyNews } from './key-news.js';
import type { TenantRole } from './permissions.js';
import type { TenantStatus } from './tenant-status.js';

/** Who calls: a tenant, by a key, by a signed-in person or by an app of ours. */
export interface Caller {
  tenantId: string;
  tenantStatus: TenantStatus;
  /** Of one that is closing: until when. */
  closesAt?: Date | null;
  apiKeyId?: string;
  /** What a key may do; null or absent: everything that a key may do at all. */
  scopes?: readonly string[] | null;
  /** The only objects that a key reaches; absent for one that reaches all of its tenant. */
  only?: KeyReach;
  userId?: string;
  role?: TenantRole;
  sessionId?: string;
  /** The only signup that a setup link opens. */
  signupId?: string;
  /** The only application that the token of an application looks after. */
  applicationId?: string;
  /** The access with which a member of the provider's staff looks in. */
  supportAccessId?: string;
  /** The app of ours that acts for the tenant. */
  app?: ServiceApp;
}

/** What a key for one account or number reaches: our ids, and Meta's of the account and its numbers. */
export interface KeyReach {
  wabaId: string;
  phoneNumberId?: string;
  metaIds: ReadonlySet<string>;
}

interface Remembered {
  caller: Caller | undefined;
  expiresAt: Date | null;
  until: number;
}

interface DoorRow {
  tenant_id: string;
  api_key_id: string;
  expires_at: Date | null;
  tenant_status: TenantStatus;
  scopes: string[] | null;
  waba_id: string | null;
  phone_number_id: string | null;
  meta_ids: string[] | null;
  closes_at: Date | null;
}

// A key is looked up once in this time per process; so long may a revoked key still work where Redis is away.
const REMEMBER_MS = 2_000;
const REMEMBER_AT_MOST = 10_000;
const NOTE_USE_EVERY_MS = 60_000;

/** Finds the tenant of an API key; answers from memory for a short while, because every request asks. */
@Injectable()
export class ApiKeyAuthenticator implements OnApplicationBootstrap {
  private readonly remembered = new Map<string, Remembered>();
  private readonly asking = new Map<string, Promise<Remembered>>();
  private readonly noted = new Map<string, number>();
  /** Grows with each change that is heard of: what was asked before it is not remembered. */
  private changes = 0;

  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() private readonly news?: KeyNews,
  ) {}

  onApplicationBootstrap(): void {
    this.news?.hear((apiKeyId) => {
      this.changes++;
      for (const [key, { caller }] of this.remembered) if (caller?.apiKeyId === apiKeyId) this.remembered.delete(key);
    });
  }

  /** @returns who calls, or undefined for a key that is unknown, revoked or expired */
  async authenticate(apiKey: string): Promise<Caller | undefined> {
    if (apiKey.length < 20 || apiKey.length > 200) return undefined;
    let known = this.remembered.get(apiKey);
    if (!known || known.until < performance.now()) known = await this.ask(apiKey);
    if (known.expiresAt && known.expiresAt <= this.clock.now()) return undefined;
    if (known.caller) this.noteUse(known.caller);
    return known.caller;
  }

  private ask(apiKey: string): Promise<Remembered> {
    let asked = this.asking.get(apiKey);
    if (!asked) {
      asked = this.lookUp(apiKey).finally(() => this.asking.delete(apiKey));
      this.asking.set(apiKey, asked);
    }
    return asked;
  }

  private async lookUp(apiKey: string): Promise<Remembered> {
    const before = this.changes;
    const [row] = await this.db.query<DoorRow>('SELECT * FROM door_api_key($1)', [hashToken(apiKey)]);
    const found: Remembered = {
      caller: row && callerOf(row),
      expiresAt: row?.expires_at ?? null,
      until: performance.now() + REMEMBER_MS,
    };
    if (before !== this.changes) return found;
    if (this.remembered.size >= REMEMBER_AT_MOST) this.remembered.clear();
    this.remembered.set(apiKey, found);
    return found;
  }

  /** Once a minute and process at most; nobody waits for it, and a use that is not noted is no harm. */
  private noteUse({ tenantId, apiKeyId }: Caller): void {
    const now = performance.now();
    if (!apiKeyId || (this.noted.get(apiKeyId) ?? Number.NEGATIVE_INFINITY) > now - NOTE_USE_EVERY_MS) return;
    if (this.noted.size >= REMEMBER_AT_MOST) this.noted.clear();
    this.noted.set(apiKeyId, now);
    const at = this.clock.now();
    void this.db
      .inTenant(tenantId, (tx) =>
        tx.query(
          `UPDATE api_keys SET last_used_at = $3
            WHERE tenant_id = $1 AND api_key_id = $2 AND (last_used_at IS NULL OR last_used_at < $3)`,
          [tenantId, apiKeyId, at],
        ),
      )
      .catch(() => {});
  }
}

const callerOf = (row: DoorRow): Caller => ({
  tenantId: row.tenant_id,
  apiKeyId: row.api_key_id,
  tenantStatus: row.tenant_status,
  closesAt: row.closes_at,
  scopes: row.scopes,
  ...(row.waba_id
    ? {
        only: {
          wabaId: row.waba_id,
          ...(row.phone_number_id ? { phoneNumberId: row.phone_number_id } : {}),
          metaIds: new Set(row.meta_ids ?? []),
        },
      }
    : {}),
});
