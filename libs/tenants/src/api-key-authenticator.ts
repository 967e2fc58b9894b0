import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { hashToken } from '#libs/vault';
import type { TenantStatus } from './tenant-status.js';

/** Who calls: a tenant, by a key or by a signed-in person. */
export interface Caller {
  tenantId: string;
  tenantStatus: TenantStatus;
  apiKeyId?: string;
  userId?: string;
}

interface Remembered {
  caller: Caller | undefined;
  expiresAt: Date | null;
  until: number;
}

// A key is looked up once in this time per process; so long may a revoked key still work.
const REMEMBER_MS = 2_000;
const REMEMBER_AT_MOST = 10_000;

/** Finds the tenant of an API key; answers from memory for a short while, because every request asks. */
@Injectable()
export class ApiKeyAuthenticator {
  private readonly remembered = new Map<string, Remembered>();
  private readonly asking = new Map<string, Promise<Remembered>>();

  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns who calls, or undefined for a key that is unknown, revoked or expired */
  async authenticate(apiKey: string): Promise<Caller | undefined> {
    if (apiKey.length < 20 || apiKey.length > 200) return undefined;
    let known = this.remembered.get(apiKey);
    if (!known || known.until < performance.now()) known = await this.ask(apiKey);
    if (known.expiresAt && known.expiresAt <= this.clock.now()) return undefined;
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
    const [row] = await this.db.query<{
      tenant_id: string;
      api_key_id: string;
      expires_at: Date | null;
      tenant_status: TenantStatus;
    }>('SELECT tenant_id, api_key_id, expires_at, tenant_status FROM door_api_key($1)', [hashToken(apiKey)]);
    const found: Remembered = {
      caller: row && { tenantId: row.tenant_id, apiKeyId: row.api_key_id, tenantStatus: row.tenant_status },
      expiresAt: row?.expires_at ?? null,
      until: performance.now() + REMEMBER_MS,
    };
    if (this.remembered.size >= REMEMBER_AT_MOST) this.remembered.clear();
    this.remembered.set(apiKey, found);
    return found;
  }
}
