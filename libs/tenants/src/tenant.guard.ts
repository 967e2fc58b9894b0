import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Session, SessionGuard } from '#libs/sessions';
import { ApiKeyAuthenticator, type Caller } from './api-key-authenticator.js';
import { requireWithin } from './key-reach.js';
import { keyMay, roleMay } from './permissions.js';
import { type Need, needOf } from './route-needs.js';
import { SetupLinks } from './setup-links.js';
import { SUPPORT_PREFIX, SupportAccesses } from './support-accesses.js';
import { UserSessions } from './user-sessions.js';

type Guarded = FastifyRequest & { caller?: Caller; user?: Session };

/** The role in the token of somebody who opened a setup link. */
export const SETUP_ROLE = 'setup';
/** The role in the token of somebody who applied without an account; its subject is the application. */
export const APPLICANT_ROLE = 'applicant';

/** The key of a request, wherever existing clients put it (design, "tenant messaging API"). */
export function keyOf(request: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  const { authorization } = request.headers;
  const bearer = authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
  const header = request.headers['d360-api-key'] ?? request.headers['x-api-key'];
  const query = (request.query as Record<string, unknown> | undefined)?.access_token;
  return bearer ?? (typeof header === 'string' ? header : undefined) ?? (typeof query === 'string' ? query : undefined);
}

/** A session's token is a JWT, which no API key looks like. */
const isSession = (token: string): boolean => token.split('.').length === 3;

const requestOf = (context: ExecutionContext): Guarded => context.switchToHttp().getRequest<Guarded>();
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? '';

/** @throws Refusal for whom the provider has switched off altogether */
function refuseLocked({ tenantStatus }: Caller): void {
  if (tenantStatus === 'locked') {
    throw Refusal.forbidden('Your provider has switched this account off. Ask its support what to do.');
  }
}

/** What an account that is closing may still change: nothing but a ticket to take its data along. */
const OPEN_WHILE_CLOSING = /^\/api\/v1\/exports(\/|$)/;

/** @throws Refusal for whom an account is closing that would change something; it may read, and sign in and out */
function refuseClosing({ tenantStatus, closesAt }: Caller, request: FastifyRequest, need: Need): void {
  if (tenantStatus !== 'closing' || need === 'own' || OPEN_WHILE_CLOSING.test(routeOf(request))) return;
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const day = closesAt?.toISOString().slice(0, 10);
  throw new Refusal(
    403,
    'account_closing',
    `This account is being closed and everything in it is erased on ${day} (UTC). Until then it can be read, and taken along ` +
      '(POST /api/v1/exports of the gateway). If it is not meant to be closed, ask the support of your provider.',
  );
}

/** Lets in who has a live API key that may do this here; the caller is then at `@TenantCaller()`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly db: Database,
    private readonly support: SupportAccesses,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    const key = keyOf(request);
    if (key?.startsWith(SUPPORT_PREFIX)) {
      request.caller = await this.support.admit(key, request);
      return true;
    }
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
    refuseLocked(caller);
    const need = needOf(request.method, routeOf(request));
    if (need !== 'own' && !keyMay(caller.scopes ?? null, need)) {
      throw Refusal.forbidden(`This API key may not do this: it lacks the scope "${need.split('.')[0]}".`);
    }
    if (caller.only && need !== 'own') await requireWithin(this.db, caller.tenantId, caller.only, request);
    refuseClosing(caller, request, need);
    request.caller = caller;
    return true;
  }
}

/** Lets in a signed-in user of a tenant, as far as the role allows; for what a person does, such as making keys. */
@Injectable()
export class TenantUserGuard implements CanActivate {
  private readonly session = new (SessionGuard('tenant'))();

  constructor(
    private readonly sessions: UserSessions,
    private readonly links: SetupLinks,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const signedIn = await Promise.resolve(this.session.canActivate(context)).catch(() => false);
    const request = requestOf(context);
    const caller = signedIn && request.user ? await this.bySession(request, request.user) : undefined;
    if (!caller) {
      const key = keyOf(request);
      throw new Refusal(
        401,
        'unauthenticated',
        key && !isSession(key)
          ? 'This is for a signed-in person, not for an API key: sign in (POST /api/v1/sessions of the onboarding app) and send its access_token as "Authorization: Bearer TOKEN".'
          : 'Sign in again: the session is missing, wrong or has expired.',
      );
    }
    refuseLocked(caller);
    refuseClosing(caller, request, needOf(request.method, routeOf(request)));
    request.caller = caller;
    return true;
  }

  private bySession(request: Guarded, session: Session): Promise<Caller | undefined> {
    if (session.role === SETUP_ROLE) return this.byLink(request, session);
    if (session.role === APPLICANT_ROLE) return this.byApplication(request, session);
    return this.byPerson(request, session);
  }

  /** Role and standing are asked for each time, so who is removed or given another role is so at once. */
  private async byPerson(request: Guarded, { tenantId, subject, sessionId }: Session): Promise<Caller | undefined> {
    const holder = tenantId && sessionId ? await this.sessions.holder(tenantId, sessionId) : undefined;
    if (!tenantId || !sessionId || holder?.userId !== subject) return undefined;
    const need = needOf(request.method, routeOf(request));
    if (need !== 'own' && !roleMay(holder.role, need)) {
      throw Refusal.forbidden(`This needs the permission ${need}, which the role ${holder.role} does not have.`);
    }
    return {
      tenantId,
      userId: subject,
      role: holder.role,
      sessionId,
      tenantStatus: holder.tenantStatus,
      closesAt: holder.closesAt,
    };
  }

  /**
   * Whoever applied without an account looks after that application and nothing else: nobody knows yet whether the address
   * that they gave is theirs. It ends once the address is proven and a password chosen.
   */
  private async byApplication(request: Guarded, session: Session): Promise<Caller | undefined> {
    const { tenantId, subject: applicationId, sessionId } = session;
    const holder = tenantId && sessionId ? await this.sessions.holder(tenantId, sessionId) : undefined;
    if (!tenantId || !holder) return undefined;
    const { id } = request.params as { id?: string };
    const route = routeOf(request);
    const isOwn = route.startsWith('/api/v1/applications/:id') && id === applicationId;
    if (!isOwn && !(request.method === 'GET' && route === '/api/v1/applications')) {
      throw new Refusal(
        403,
        'email_unconfirmed',
        'This token looks after its application and nothing else. For more, open the link of the letter that was sent to the ' +
          'contact address, choose a password and sign in. POST /api/v1/password/forgotten sends another letter.',
      );
    }
    return { tenantId, applicationId, tenantStatus: holder.tenantStatus, closesAt: holder.closesAt };
  }

  /** A setup link opens its own signup and nothing else. */
  private async byLink(request: Guarded, { tenantId, subject }: Session): Promise<Caller | undefined> {
    const holder = tenantId ? await this.links.holder(tenantId, subject) : undefined;
    if (!tenantId || !holder) return undefined;
    const { id } = request.params as { id?: string };
    if (!routeOf(request).startsWith('/api/v1/signups/:id') || id !== holder.signupId) {
      throw Refusal.forbidden('A setup link opens its own signup and nothing else. Sign in for more.');
    }
    return { tenantId, signupId: holder.signupId, tenantStatus: holder.tenantStatus };
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
    const token = keyOf(requestOf(context));
    return (token !== undefined && isSession(token) ? this.byUser : this.byKey).canActivate(context);
  }
}

/** The caller that a guard let in. */
export const TenantCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller => callerOf(requestOf(context)),
);

/** The same, for a handler that takes the request whole. */
export function callerOf({ caller }: FastifyRequest & { caller?: Caller }): Caller {
  if (!caller) throw new Error('a route without a guard has no caller');
  return caller;
}
