import type { Alert } from './alerts.js';

/** What of an occurrence is told. */
export type Moment = 'raised' | 'cleared';

/** A way to reach staff. */
export interface AlertChannel {
  /** @throws Error when it is not taken, and is to be told again */
  send(alert: Alert, what: Moment, at: Date): Promise<void>;
}
