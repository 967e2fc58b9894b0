/** What a member of staff may do with money; each route of billing's staff API names one. */
export type Permission =
  | 'billing.read'
  | 'plans.write'
  | 'wallets.write'
  | 'invoices.issue'
  | 'rates.write' // proposing a card, and approving somebody else's
  | 'books.close' // closing months, corrections, true-ups
  | 'reconciliation.run';

const ALL: readonly Permission[] = [
  'billing.read',
  'plans.write',
  'wallets.write',
  'invoices.issue',
  'rates.write',
  'books.close',
  'reconciliation.run',
];

/** By role of the staff account (the admin app's roles); a role that is not here may do nothing. */
const PERMISSIONS: Readonly<Record<string, readonly Permission[]>> = {
  administrator: ALL,
  billing: ALL,
  auditor: ['billing.read'],
  support: ['billing.read'],
};

/** Whether a role may do what a route needs. */
export const may = (role: string, permission: Permission): boolean => PERMISSIONS[role]?.includes(permission) ?? false;
