import type { Queue } from 'bull';

/**
 * Bull gives the connection of a worker a name for `CLIENT LIST`, behind the command with which it waits for its first job,
 * and nobody hears how that ends: a worker that is stopped within its first seconds would end by "Connection is closed"
 * instead of in order. Nothing here goes by that name.
 */
export function forgiveUnnamedWorker(queue: Queue): void {
  const setWorkerName = queue.setWorkerName.bind(queue);
  queue.setWorkerName = () => setWorkerName().catch(() => {});
}
