import type { MetaChange } from './changes-of.js';
import type { Effects } from './effects.js';

/** What is known of an event before it is applied, and what comes of it. */
export interface EventContext {
  tenantId: string;
  change: MetaChange;
  /** Whether the number's On-Premises client said it, a server of the tenant's; Meta otherwise. */
  ofClient: boolean;
  /** Our ids of the number and WABA it is about, where it says so. */
  phoneNumberId?: string | undefined;
  wabaId?: string | undefined;
  /** Meta's time of the change; the beginning of the day on which it came where Meta gives none, so a repeat has the same. */
  at: Date;
  /** When it came here. */
  cameAt: Date;
  /** Whether it has waited long enough for what it speaks of. */
  patienceIsOver: boolean;
  effects: Effects;
}

/** An event of a number of the tenant. */
export type NumberContext = EventContext & { phoneNumberId: string; wabaId: string };
