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
import { Database } from '#libs/persistence';
import { type Session, SessionGuard } from '#libs/sessions';
import { may, type Permission } from './permissions.js';

/** The member of staff who calls, and from where: what an audit entry must say. */
export interface StaffCaller {
  readonly staffId: string;
  readonly email: string;
  readonly role: string;
  readonly fromAddress: string;
  readonly requestId: string;
}

type Guarded = FastifyRequest & { user?: Session; staff?: StaffCaller };

const NEEDS = Symbol('needs');

/** What a route of the staff API needs. */
export const Needs = (permission: Permission): CustomDecorator<symbol> => SetMetadata(NEEDS, permission);

/**
 * Stands before billing's routes under /admin/v1, for sessions that the admin app issued. Asks for the account each time,
 * so who is disabled or given another role is so at once. A route that names no permission lets nobody in.
 */
@Injectable()
export class StaffGuard implements CanActivate {
  private readonly session = new (SessionGuard('staff'))();

  constructor(private readonly db: Database) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Guarded>();
    const need = Reflect.getMetadata(NEEDS, context.getHandler()) as Permission | undefined;
    if (!need) throw new Error(`${request.routeOptions.url} names no permission`);
    const signedIn = await Promise.resolve(this.session.canActivate(context)).catch(() => false);
    const [user] =
      signedIn && request.user
        ? await this.db.query<{ staffId: string; email: string; role: string }>(
            'SELECT staff_id AS "staffId", email, role FROM door_staff_member($1)',
            [request.user.subject],
          )
        : [];
    if (!user) throw Refusal.unauthenticated('Sign in at the admin app: the session is missing, wrong or has expired.');
    if (!may(user.role, need)) {
      throw Refusal.forbidden(`This needs the permission ${need}, which the role ${user.role} does not have.`);
    }
    request.staff = { ...user, fromAddress: request.ip, requestId: request.id };
    return true;
  }
}

/** The member of staff that the guard let in. */
export const Staff = createParamDecorator((_: unknown, context: ExecutionContext): StaffCaller => {
  const { staff } = context.switchToHttp().getRequest<Guarded>();
  if (!staff) throw new Error('Staff stands on a route without StaffGuard');
  return staff;
});
