export { nativeEnvelope, type RenderRefusal } from './envelope.js';
export { READINESS, type ReadinessCheck } from './health.controller.js';
export { IsInstant, isInstant } from './instant.js';
export { DEEPEST_JSON, depthOf } from './json-body.js';
export { PAGE_SIZE, type Page, PageRequest, pageOf, SizedPageRequest } from './page.js';
export { Refusal } from './refusal.js';
export { run } from './run.js';
export { type ServeOptions, serve } from './serve.js';
export { nativeValidation } from './validation.js';
