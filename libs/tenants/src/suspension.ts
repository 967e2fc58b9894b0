import type { TenantStatus } from './tenant-status.js';

/** What the provider can switch off of a tenant; each includes those before it. */
export const SUSPENSION_LEVELS = ['marketing', 'sending', 'all'] as const;
export type SuspensionLevel = (typeof SUSPENSION_LEVELS)[number];

/** How a tenant stands, as its row says. */
export interface Standing {
  status: TenantStatus;
  marketingOff: boolean;
}

const STANDS: Readonly<Record<SuspensionLevel, Standing>> = {
  marketing: { status: 'active', marketingOff: true },
  sending: { status: 'suspended', marketingOff: true },
  all: { status: 'locked', marketingOff: true },
};

/** @param level null: nothing is off */
export const standingUnder = (level: SuspensionLevel | null): Standing =>
  level === null ? { status: 'active', marketingOff: false } : STANDS[level];

/** What is off; null where nothing is. Of a closed tenant everything is. */
export function levelOf({ status, marketingOff }: Standing): SuspensionLevel | null {
  if (status === 'closed' || status === 'locked') return 'all';
  if (status === 'suspended' || status === 'closing') return 'sending';
  return marketingOff ? 'marketing' : null;
}
