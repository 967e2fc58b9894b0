import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Session, SessionGuard } from '#libs/sessions';
import { ApiKeyAuthenticator, type Caller } from './api-key-authenticator.js';
import { Tenants } from './tenants.js';

type Guarded = FastifyRequest & { caller?: Caller; user?: Session };

/** The key of a request, wherever existing clients put it (design, "tenant messaging API"). */
export function keyOf(request: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  const { authorization } = request.headers;
  const bearer = authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
  const header = request.headers['d360-api-key'] ?? request.headers['x-api-key'];
  const query = (request.query as Record<string, unknown> | undefined)?.access_token;
  return bearer ?? (typeof header === 'string' ? header : undefined) ?? (typeof query === 'string' ? query : undefined);
}

const callerOf = (context: ExecutionContext): Guarded => context.switchToHttp().getRequest<Guarded>();

/** Lets in who has a live API key; the caller is then at `@TenantCaller()`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly authenticator: ApiKeyAuthenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = callerOf(context);
    const key = keyOf(request);
    const caller = key && (await this.authenticator.authenticate(key));
    if (!caller || caller.tenantStatus === 'closed') {
      throw new Refusal(
        401,
        'invalid_token',
        key
          ? 'This API key is not known, was revoked or has expired. Make a new one in the onboarding app.'
          : 'Send your API key as "Authorization: Bearer KEY", "D360-API-KEY: KEY" or "X-API-Key: KEY".',
      );
    }
    request.caller = caller;
    return true;
  }
}

/** Lets in a signed-in user of a tenant; for what a person does, such as making keys. */
@Injectable()
export class TenantUserGuard implements CanActivate {
  private readonly session = new (SessionGuard('tenant'))();

  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const signedIn = await Promise.resolve(this.session.canActivate(context)).catch(() => false);
    const request = callerOf(context);
    const { tenantId, subject } = request.user ?? {};
    const tenant =
      signedIn && tenantId ? await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId)) : null;
    if (!tenant || !subject || tenant.status === 'closed') {
      throw new Refusal(401, 'unauthenticated', 'Sign in again: the session is missing, wrong or has expired.');
    }
    request.caller = { tenantId: tenant.tenantId, userId: subject, tenantStatus: tenant.status };
    return true;
  }
}

/** Lets in an API key or a signed-in user: the guard of most native routes. */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(
    private readonly byKey: ApiKeyGuard,
    private readonly byUser: TenantUserGuard,
  ) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    const token = keyOf(callerOf(context));
    const isSession = token !== undefined && token.split('.').length === 3;
    return (isSession ? this.byUser : this.byKey).canActivate(context);
  }
}

/** The caller that a guard let in. */
export const TenantCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = callerOf(context);
  if (!caller) throw new Error('TenantCaller stands on a route without a guard');
  return caller;
});
