import type { TenantEvent } from '#libs/tenant-events';
import type { SettledPlace } from './settled-places.js';

/** What applying an event comes to: what the tenant is told, wakes for after the commit, whether it has to come again. */
export class Effects {
  /** What the tenant is to be told, in order. */
  readonly told: TenantEvent[] = [];
  /** A usage fact waits to be rated. */
  rate = false;
  /** A customer wrote. */
  inbound = false;
  /** Messages that counted against the messaging limit, and were delivered now or failed after all. */
  readonly settled: SettledPlace[] = [];
  /** Our ids of numbers to which a customer sent a file that is to be copied. */
  readonly mediaOf = new Set<string>();
  /** Our ids of WABAs whose templates changed, so that what waits for them follows, or are to be compared with Meta's. */
  readonly templatesOf = new Set<string>();
  /** What the event speaks of and we do not know yet; it is applied again later. */
  waitsFor: string | undefined;
  /** For people: what was peculiar about it. */
  note: string | undefined;
}
