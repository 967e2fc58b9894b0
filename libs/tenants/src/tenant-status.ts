/**
 * active: everything, but for marketing where that is off; suspended: signs in and reads, sends nothing; locked: signs in and
 * is told why, nothing else; closing: reads and takes its data along, until the day that its row names; closed: nothing any more.
 */
export type TenantStatus = 'active' | 'suspended' | 'locked' | 'closing' | 'closed';
