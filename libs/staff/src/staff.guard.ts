import {
  type CanActivate,
  type CustomDecorator,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '#libs/http';
import { type Session, SessionGuard } from '#libs/sessions';
import { may, type Permission, type StaffRole } from './permissions.js';
import { StaffDesk } from './staff-desk.js';

/** The member of staff who calls, and from where: what an audit entry must say. */
export interface StaffCaller {
  staffId: string;
  email: string;
  role: StaffRole;
  fromAddress: string;
  requestId: string;
}

type Guarded = FastifyRequest & { user?: Session; staff?: StaffCaller };

const NEEDS = Symbol('needs');
const PUBLIC = 'public';

/** What a route of the staff API needs; the guard refuses a route that says nothing. */
export const Needs = (permission: Permission): CustomDecorator<symbol> => SetMetadata(NEEDS, permission);

/** A route of the staff API for people who are not signed in. */
export const PublicRoute = (): CustomDecorator<symbol> => SetMetadata(NEEDS, PUBLIC);

/** What a handler was decorated with: a permission, 'public', or undefined for one that was forgotten. */
export const needOf = (handler: (...args: never[]) => unknown): Permission | typeof PUBLIC | undefined =>
  Reflect.getMetadata(NEEDS, handler);

/**
 * Stands before every route under /admin of every app that imports StaffModule. Asks for the account each time, so who is
 * disabled or given another role is so at once, not when the token expires.
 */
@Injectable()
export class StaffGuard implements CanActivate {
  private readonly session = new (SessionGuard('staff'))();

  constructor(private readonly desk: StaffDesk) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Guarded>();
    if (!request.routeOptions.url?.startsWith('/admin/')) return true;
    const need = needOf(context.getHandler() as (...args: never[]) => unknown);
    if (need === PUBLIC) return true;
    if (!need) throw new Error(`${request.routeOptions.url} names no permission`);

    const signedIn = await Promise.resolve(this.session.canActivate(context)).catch(() => false);
    const member = signedIn && request.user ? await this.desk.find(request.user.subject) : undefined;
    if (!member) {
      throw Refusal.unauthenticated('Sign in at the admin app: the session is missing, wrong or has ended.');
    }
    if (!may(member.role, need)) {
      throw Refusal.forbidden(`This needs the permission ${need}, which the role ${member.role} does not have.`);
    }
    request.staff = { ...member, fromAddress: request.ip, requestId: request.id };
    return true;
  }
}

/** The member of staff that the guard let in. */
export const Staff = createParamDecorator((_: unknown, context: ExecutionContext): StaffCaller => {
  const { staff } = context.switchToHttp().getRequest<Guarded>();
  if (!staff) throw new Error('Staff stands on a public route');
  return staff;
});
