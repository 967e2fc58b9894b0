export { KeepsItsKey, OnceKey, onceOf } from './idempotency.interceptor.js';
export { IdempotencyModule, IdempotencyWorkerModule } from './idempotency.module.js';
export { IdempotencyKeys, stillUnderWay } from './idempotency-keys.js';
export { type KeyToKeep, Once } from './once.js';
