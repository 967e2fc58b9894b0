export { ACCOUNTS, ACCOUNTS_A_TENANT_SEES, type Account } from './accounts.js';
export type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
export { type EntryKind, type JournalEntry, move, type Posting, UnbalancedEntryError } from './journal.js';
export { type Balance, Ledger, type Movement, messageEntryId, type PostedEntry, titleOf } from './ledger.js';
export { LedgerModule } from './ledger.module.js';
export { bookingDay, type ClosedPeriod, monthAfter, Periods } from './periods.js';
