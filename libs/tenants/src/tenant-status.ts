/** active: everything; suspended: signs in and reads, sends nothing; closed: nothing any more. */
export type TenantStatus = 'active' | 'suspended' | 'closed';

const MOVES: Readonly<Record<TenantStatus, readonly TenantStatus[]>> = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: [],
};

/** Whether a tenant may be moved so. */
export const canMoveTenant = (from: TenantStatus, to: TenantStatus): boolean => MOVES[from].includes(to);
