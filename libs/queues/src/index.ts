export { type Gathering, gather } from './gathering.js';
export { LANES, type LaneName, type Lanes } from './jobs.js';
export { Periodic } from './periodic.js';
export { QueuesModule, REDIS } from './queues.module.js';
export { queuesToLookAt } from './queues-to-look-at.js';
export { Sweeper } from './sweeper.js';
export type { Turn } from './turn.js';
export { Wake } from './wake.js';
