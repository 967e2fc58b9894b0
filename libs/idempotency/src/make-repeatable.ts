import { RequestMethod, type Type, UseInterceptors } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner } from '@nestjs/core';
import { idempotency, KEEPS_KEY, WRITES } from './idempotency.interceptor.js';

const mayWrite = (method: RequestMethod): boolean => method === RequestMethod.ALL || WRITES.has(RequestMethod[method]);

/** Handlers are their class's, and several apps of one process (tests) share their classes. */
const repeatable = new WeakSet<object>();

/**
 * Makes the writing routes of a controller repeatable, but for those that keep their keys themselves. A global interceptor
 * would say the same; but Nest runs interceptors by rxjs, and on a route where it does nothing that was a fifth of what
 * accepting a message costs (docs/performance.md). Call it before the routes are registered.
 */
export function makeRepeatable({ prototype }: Type): void {
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler: object = prototype[name];
    const method: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, handler);
    if (method === undefined || !mayWrite(method) || Reflect.hasMetadata(KEEPS_KEY, handler)) continue;
    if (repeatable.has(handler)) continue;
    repeatable.add(handler);
    UseInterceptors(idempotency)(prototype, name, { value: handler });
  }
}
