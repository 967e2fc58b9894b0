interface AccountFacts {
  readonly title: string;
  readonly kind: 'asset' | 'liability' | 'income' | 'expense';
  /** What the provider pays Meta is the provider's business; a tenant sees what it owes. */
  readonly tenantSees: boolean;
}

/**
 * The chart of accounts. Each tenant has books of its own with these accounts; debits are positive, credits negative,
 * so what a tenant owes is a positive balance of `receivable` and revenue is a negative one.
 */
export const ACCOUNTS = {
  cost_of_sales_meta: { title: 'Cost of sales: Meta', kind: 'expense', tenantSees: false },
  payable_meta: { title: 'Payable to Meta', kind: 'liability', tenantSees: false },
  receivable: { title: 'Receivable from the tenant', kind: 'asset', tenantSees: true },
  wallet: { title: 'Wallet of the tenant', kind: 'liability', tenantSees: true },
  bank: { title: 'Bank and payment provider', kind: 'asset', tenantSees: true },
  revenue_fees: { title: 'Revenue: fees', kind: 'income', tenantSees: true },
  tax_payable: { title: 'Tax payable', kind: 'liability', tenantSees: true },
  rounding: { title: 'Rounding of invoices', kind: 'income', tenantSees: true },
  revenue_messages: { title: 'Revenue: messages', kind: 'income', tenantSees: true },
} as const satisfies Record<string, AccountFacts>;

export type Account = keyof typeof ACCOUNTS;

/** Accounts whose postings a tenant may read. Entries balance within them, too. */
export const ACCOUNTS_A_TENANT_SEES: readonly Account[] = (Object.keys(ACCOUNTS) as Account[]).filter(
  (name) => ACCOUNTS[name].tenantSees,
);
