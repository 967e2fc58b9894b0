export { Coalescer } from './coalescer.js';
export { Database, PROVIDER_TENANT, refuseMightyRole, type Tx } from './database.js';
export { despiteDeadlock } from './despite-deadlock.js';
export { KeepingClient, kept } from './kept-plans.js';
export { PersistenceModule } from './persistence.module.js';
export type { Question } from './question.js';
export { refusedTheData, storableJson, storableText } from './storable.js';
