import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Refusal } from '#libs/http';
import { IdempotencyKeys } from './idempotency-keys.js';
import { Once } from './once.js';

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Visible ASCII; a UUID is usual. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const KEEPS_KEY = 'paloma:keeps-its-key';

type Keyed = FastifyRequest & { caller?: { tenantId: string }; once?: Once };

/** The handler takes part by itself: it keeps the key with what it stores, or names the call by more than its body. */
export const KeepsItsKey = () => SetMetadata(KEEPS_KEY, true);

/** The key of this call, for a handler that `KeepsItsKey`; undefined for a call without one. */
export const OnceKey = createParamDecorator((_: unknown, context: ExecutionContext): Once | undefined =>
  onceOf(context.switchToHttp().getRequest()),
);

/**
 * Makes every writing route of an app repeatable: with `Idempotency-Key`, the same call gets the answer of the first, and
 * another call with the same key is refused with 409. Routes without a tenant (Meta's webhooks, sign-in) ignore the header.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Keyed>();
    const key = request.headers['idempotency-key'];
    const { caller } = request;
    if (key === undefined || !caller || !WRITES.has(request.method)) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw Refusal.invalid('Idempotency-Key: must have 1 to 255 visible characters, such as a UUID.');
    }
    const once = new Once(this.keys, { tenantId: caller.tenantId, key }, saysOf(request));
    if (isForm(request) || this.reflector.get<boolean>(KEEPS_KEY, context.getHandler())) {
      request.once = once;
      return next.handle();
    }
    return from(once.run(() => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}

/** The files of a form are still to come; whoever reads it names the call by them (`onceOf(request).run(work, hash)`). */
const isForm = (request: FastifyRequest) => /^multipart\//i.test(request.headers['content-type'] ?? '');

/** The key of a call that `KeepsItsKey`, or that sends a form. */
export const onceOf = (request: FastifyRequest): Once | undefined => (request as Keyed).once;

/** `access_token` may be in the query; it proves who calls, and is not what the call says. */
function saysOf(request: FastifyRequest): string {
  const { pathname, searchParams } = new URL(request.url, 'http://here');
  searchParams.delete('access_token');
  searchParams.sort();
  return [request.method, pathname, searchParams.toString(), JSON.stringify(request.body ?? null)].join('\n');
}
