import { type CanActivate, type ExecutionContext, Injectable, mixin, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { isServiceToken, type ServiceAudience, ServiceTokens } from '#libs/service-calls';
import type { Caller } from './api-key-authenticator.js';
import { keyOf, TenantGuard } from './tenant.guard.js';
import type { TenantStatus } from './tenant-status.js';
import { Tenants } from './tenants.js';

const REMEMBER_MS = 2_000;
const REMEMBER_AT_MOST = 10_000;

/** Finds whom one of our apps calls for; remembers a tenant's standing as long as that of a key is remembered. */
@Injectable()
export class ServiceCallers {
  private readonly standing = new Map<string, { status: TenantStatus | undefined; until: number }>();

  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly tokens: ServiceTokens,
  ) {}

  /** @returns undefined for a token that is not good here, or whose tenant is closed or gone */
  async callerOf(token: string, audience: ServiceAudience): Promise<Caller | undefined> {
    const call = this.tokens.read(token, audience);
    const tenantStatus = call && (await this.statusOf(call.tenantId));
    if (!tenantStatus || tenantStatus === 'closed') return undefined;
    return { tenantId: call.tenantId, tenantStatus, app: call.app };
  }

  private async statusOf(tenantId: string): Promise<TenantStatus | undefined> {
    const known = this.standing.get(tenantId);
    if (known && known.until > performance.now()) return known.status;
    const tenant = await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId));
    if (this.standing.size >= REMEMBER_AT_MOST) this.standing.clear();
    this.standing.set(tenantId, { status: tenant?.status, until: performance.now() + REMEMBER_MS });
    return tenant?.status;
  }
}

/**
 * The guard of routes that our own apps call too, in the name of a tenant: keys and signed-in users as `TenantGuard` lets them
 * in, and tokens of `service-calls`. A route says so itself, so an app that was taken over reaches no more than these.
 */
export function TenantOrApp(audience: ServiceAudience): Type<CanActivate> {
  @Injectable()
  class TenantOrAppGuard implements CanActivate {
    constructor(
      private readonly tenant: TenantGuard,
      private readonly services: ServiceCallers,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<FastifyRequest & { caller?: Caller }>();
      const token = keyOf(request);
      if (!token || !isServiceToken(token)) return this.tenant.canActivate(context);
      const caller = await this.services.callerOf(token, audience);
      if (!caller) throw new Refusal(401, 'invalid_token', 'This service token has expired, or is not for this app.');
      request.caller = caller;
      return true;
    }
  }
  return mixin(TenantOrAppGuard);
}
