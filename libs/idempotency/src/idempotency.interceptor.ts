import { createParamDecorator, type ExecutionContext, type NestInterceptor, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom } from 'rxjs';
import { Refusal } from '#libs/http';
import type { IdempotencyKeys } from './idempotency-keys.js';
import { Once } from './once.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Of an app that imports the IdempotencyModule. */
    idempotencyKeys: IdempotencyKeys;
  }
}

/** Methods of calls that change something. */
export const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Visible ASCII; a UUID is usual. */
const KEY = /^[\x21-\x7e]{1,255}$/;
export const KEEPS_KEY = 'paloma:keeps-its-key';

/** The handler takes part by itself (`OnceKey`): it keeps the key with what it stores. */
export const KeepsItsKey = () => SetMetadata(KEEPS_KEY, true);

/** The key of this call, for a handler that `KeepsItsKey`; undefined for a call without one. */
export const OnceKey = createParamDecorator((_: unknown, context: ExecutionContext): Once | undefined =>
  onceOf(context.switchToHttp().getRequest()),
);

/**
 * The key of a call, for a handler that `KeepsItsKey` or reads a form.
 *
 * @returns undefined for a call without one; routes without a tenant (Meta's webhooks, sign-in) ignore the header
 * @throws Refusal for a header that is no key
 */
export function onceOf(request: FastifyRequest): Once | undefined {
  const key = request.headers['idempotency-key'];
  const { caller } = request as FastifyRequest & { caller?: { tenantId: string } };
  if (key === undefined || !caller || !WRITES.has(request.method)) return undefined;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw Refusal.invalid('Idempotency-Key: must have 1 to 255 visible characters, such as a UUID.');
  }
  return new Once(request.server.idempotencyKeys, { tenantId: caller.tenantId, key }, saysOf(request));
}

/**
 * Makes a writing route repeatable: with `Idempotency-Key`, the same call gets the answer of the first, and another call
 * with the same key is refused with 409. `makeRepeatable` puts it there.
 */
export const idempotency: NestInterceptor = {
  intercept: (context, next) => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const once = onceOf(request);
    if (!once || isForm(request)) return next.handle();
    return from(once.run(() => lastValueFrom(next.handle(), { defaultValue: undefined })));
  },
};

/** The files of a form are still to come; whoever reads it names the call by them (`onceOf(request).run(work, hash)`). */
const isForm = (request: FastifyRequest) => /^multipart\//i.test(request.headers['content-type'] ?? '');

/** `access_token` may be in the query; it proves who calls, and is not what the call says. */
function saysOf(request: FastifyRequest): string {
  const { pathname, searchParams } = new URL(request.url, 'http://here');
  searchParams.delete('access_token');
  searchParams.sort();
  return [request.method, pathname, searchParams.toString(), JSON.stringify(request.body ?? null)].join('\n');
}
