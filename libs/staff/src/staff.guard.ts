import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { type Session, SessionGuard } from '#libs/sessions';
import { may, type Permission, type StaffRole } from './permissions.js';
import { StaffDesk } from './staff-desk.js';

/** The member of staff who calls, and from where: what an audit entry must say. */
export interface StaffCaller {
  staffId: string;
  email: string;
  role: StaffRole;
  sessionId: string;
  fromAddress: string;
  requestId: string;
  userAgent?: string;
}

type Guarded = FastifyRequest & { user?: Session; staff?: StaffCaller };

const NEEDS = Symbol('needs');
const PUBLIC = 'public';

/** For the guard, and for the API document, of which docs/api/staff-roles.md is made. */
const named = (need: Permission | typeof PUBLIC) =>
  applyDecorators(SetMetadata(NEEDS, need), ApiExtension('x-permission', need));

/** What a route of the staff API needs; the guard refuses a route that says nothing. */
export const Needs = (permission: Permission) => named(permission);

/** A route of the staff API for people who are not signed in. */
export const PublicRoute = () => named(PUBLIC);

/** What a handler was decorated with: a permission, 'public', or undefined for one that was forgotten. */
export const needOf = (handler: (...args: never[]) => unknown): Permission | typeof PUBLIC | undefined =>
  Reflect.getMetadata(NEEDS, handler);

/**
 * Stands before every route under /admin of every app that imports StaffModule. Asks for session and account each time, so
 * a session that was ended, and a person who is disabled or given another role, are so at once and in every process.
 */
@Injectable()
export class StaffGuard implements CanActivate {
  private readonly session = new (SessionGuard('staff'))();
  private readonly secondFactor = loadConfig(['STAFF_TOTP']).STAFF_TOTP;

  constructor(private readonly desk: StaffDesk) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Guarded>();
    if (!request.routeOptions.url?.startsWith('/admin/')) return true;
    const need = needOf(context.getHandler() as (...args: never[]) => unknown);
    if (need === PUBLIC) return true;
    if (!need) throw new Error(`${request.routeOptions.url} names no permission`);

    const signedIn = await Promise.resolve(this.session.canActivate(context)).catch(() => false);
    const sessionId = signedIn ? request.user?.sessionId : undefined;
    const member = sessionId ? await this.desk.find(sessionId) : undefined;
    if (!sessionId || !member) {
      throw Refusal.unauthenticated('Sign in at the admin app: the session is missing, wrong or has ended.');
    }
    if (this.secondFactor === 'required' && member.way === 'password' && need !== 'account.own') {
      throw new Refusal(
        403,
        'second_factor_missing',
        'Your password alone opens nothing here. Add a second factor with POST /admin/v1/second-factor of the admin app.',
      );
    }
    if (!may(member.role, need)) {
      throw Refusal.forbidden(`This needs the permission ${need}, which the role ${member.role} does not have.`);
    }
    const { staffId, email, role } = member;
    const userAgent = request.headers['user-agent'];
    request.staff = {
      staffId,
      email,
      role,
      sessionId,
      fromAddress: request.ip,
      requestId: request.id,
      ...(userAgent ? { userAgent: userAgent.slice(0, 300) } : {}),
    };
    return true;
  }
}

/** The member of staff that the guard let in. */
export const Staff = createParamDecorator((_: unknown, context: ExecutionContext): StaffCaller => {
  const { staff } = context.switchToHttp().getRequest<Guarded>();
  if (!staff) throw new Error('Staff stands on a public route');
  return staff;
});
