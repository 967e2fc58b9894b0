export { ACCOUNTS, ACCOUNTS_A_TENANT_SEES, type Account } from './accounts.js';
export type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
export type { Corrected, CorrectionReason } from './correct-charges.js';
export {
  ENTRY_KINDS,
  type EntryKind,
  type JournalEntry,
  move,
  type Posting,
  postingsOf,
  UnbalancedEntryError,
} from './journal.js';
export { type Balance, Ledger, type Movement, titleOf } from './ledger.js';
export { LedgerModule } from './ledger.module.js';
export { messageEntryId } from './message-entries.js';
export { bookingDay, type ClosedPeriod, monthAfter, Periods } from './periods.js';
export type { PostedEntry } from './posted-entries.js';
