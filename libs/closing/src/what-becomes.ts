import { MOVES_AMONG_STAFF } from '#libs/applications';
import { ACCOUNTS_A_TENANT_SEES } from '#libs/ledger';

/** A table of a tenant whose rows go with it. */
export interface Goes {
  readonly table: string;
  /** Why it is no part of what the tenant takes along; absent: it is. */
  readonly notExported?: string;
}

/** A table of a tenant whose rows stay after it has gone. */
export interface Stays {
  readonly why: string;
  readonly notExported?: string;
}

const goes = (tables: string, notExported?: string): Goes[] =>
  tables
    .trim()
    .split(/\s+/)
    .map((table) => ({ table, ...(notExported === undefined ? {} : { notExported }) }));

const MACHINERY = 'how the work is done, not what was done';
const SECRETS = 'proves who somebody is';

/**
 * What is erased with a tenant, in the order in which it goes: what refers to another table comes before that one. A test
 * holds both lists against the tables of the database, their foreign keys and what the door may erase.
 */
export const GOES: readonly Goes[] = [
  ...goes('idempotency_keys lane_leases wallet_holds wallet_estimates template_syncs', MACHINERY),
  ...goes('user_sessions one_time_links setup_links letters customer_marks', SECRETS),
  ...goes('api_keys'),
  ...goes('webhook_deliveries tenant_events webhook_endpoints'),
  ...goes('webhook_signing_secrets', SECRETS),
  ...goes('meta_events', 'as Meta wrote it; messages and events say the same'),
  ...goes('automation_steps automation_runs automation_versions automations'),
  ...goes('bot_run_steps bot_runs bot_versions bots'),
  ...goes('inbox_entries inbox_sayings inbox_tickets inbox_conversations inbox_team_members inbox_agents inbox_teams'),
  ...goes('inbox_settings quick_replies'),
  ...goes('campaign_news', MACHINERY),
  ...goes('campaign_counts campaign_numbers campaign_recipients campaigns'),
  ...goes('shop_order_items shop_orders shop_events shop_sources products'),
  ...goes('catalogue_batches', MACHINERY),
  ...goes('catalogues opt_in_forms segments'),
  ...goes('consent_states consent_records consent_settings'),
  ...goes('contact_import_pieces', 'files that were sent to us'),
  ...goes('contact_import_refusals contact_imports'),
  ...goes('contact_notes contact_activity contact_identifiers contacts contact_attributes'),
  ...goes('inbound_unseen', MACHINERY),
  ...goes('inbound_messages service_windows'),
  ...goes('withdrawn_messages', MACHINERY),
  ...goes('message_events messages usage_facts'),
  ...goes('media_copies media_at_meta', MACHINERY),
  ...goes('media'),
  ...goes('media_objects', MACHINERY),
  ...goes('template_events templates'),
  ...goes('signup_news', MACHINERY),
  ...goes('signup_steps signups application_documents application_entries applications'),
  ...goes('number_care', MACHINERY),
  ...goes('business_profiles on_premises_clients account_events limit_changes erasures retentions'),
  ...goes('tenant_notes alerts alert_rules', 'what the provider noted for itself'),
  ...goes('tenant_limits'),
  ...goes('meta_routes', MACHINERY),
  ...goes('tenant_users'),
];

const BOOKS = 'books, which the law has the provider keep';
const TRACE = "the trace of the provider's own people";

/** What stays, and why. None of it names a customer; whether that is so is searched for before customers are erased. */
export const STAYS: Readonly<Record<string, Stays>> = {
  tenants: { why: 'whose the books are: an id, a name, a country' },
  portfolios: { why: 'whose prices the books go by' },
  wabas: { why: 'what charges are of, without the token' },
  phone_numbers: { why: 'what charges are of, without the PIN' },
  portfolio_prices: { why: BOOKS },
  adjustments: { why: BOOKS, notExported: "what the provider's own people decided among themselves" },
  billing_profiles: { why: BOOKS },
  charges: { why: BOOKS },
  invoice_drafts: { why: BOOKS, notExported: 'not issued yet' },
  invoices: { why: BOOKS },
  journal_entries: { why: BOOKS },
  ledger_periods: { why: BOOKS },
  postings: { why: BOOKS },
  tenant_plans: { why: BOOKS },
  wallet_disputes: { why: BOOKS },
  wallet_topups: { why: BOOKS },
  wallets: { why: BOOKS },
  meta_usage: {
    why: "books: Meta's own sums, against which they were compared",
    notExported: 'what Meta asks of the provider',
  },
  rating_counters: { why: 'counts by which the last month is rated', notExported: MACHINERY },
  charge_news: { why: 'sums on their way into reports, gone in seconds', notExported: MACHINERY },
  message_news: { why: 'sums on their way into reports, gone in seconds', notExported: MACHINERY },
  spend_days: { why: "sums of a day, for the provider's reports" },
  traffic_days: { why: "sums of a day, for the provider's reports" },
  provider_settings: { why: "the provider's own; of a tenant a switch", notExported: "the provider's own" },
  provider_settings_head: { why: "the provider's own", notExported: "the provider's own" },
  provider_secrets: { why: "the provider's own", notExported: "the provider's own" },
  audit_log: { why: `${TRACE}; it is never changed`, notExported: "the provider's own" },
  support_accesses: { why: TRACE },
  support_uses: { why: TRACE },
  closings: { why: 'the proof that the rest is gone' },
};

/** Tables that a tenant takes along, by their names. */
export const EXPORTED: readonly string[] = [
  ...GOES.filter((g) => g.notExported === undefined).map((g) => g.table),
  ...Object.entries(STAYS)
    .filter(([, stays]) => stays.notExported === undefined)
    .map(([table]) => table),
].sort();

/** What of an exported table is not the tenant's to know. */
export interface Kept {
  /** Which rows are exported, in SQL over the row `t`; absent: all. */
  readonly rows?: string;
  /** Columns that are left out. */
  readonly without?: readonly string[];
}

const oneOf = (column: string, values: readonly string[]): string =>
  `${column} IN (${values.map((value) => `'${value}'`).join(', ')})`;
const isSeen = oneOf('p.account', ACCOUNTS_A_TENANT_SEES);

/**
 * Of the tables that a tenant takes along, what it sees nowhere else either: what the provider itself pays, how it judges
 * merchants, and who of its people did something. Those who looked into the account are named, as they are to the tenant.
 */
export const KEPT: Readonly<Record<string, Kept>> = {
  applications: { without: ['findings', 'claimed_by'] },
  application_entries: { rows: `NOT ${oneOf('t.what', MOVES_AMONG_STAFF)}` },
  charges: { rows: "t.side = 'price'" },
  closings: { without: ['asked_by'] },
  invoices: { without: ['issued_by'] },
  journal_entries: {
    rows: `EXISTS (SELECT FROM postings p WHERE p.tenant_id = t.tenant_id AND p.entry_id = t.entry_id AND ${isSeen})`,
  },
  ledger_periods: { without: ['closed_by'] },
  postings: { rows: oneOf('t.account', ACCOUNTS_A_TENANT_SEES) },
  // Facts: the provider's credit line at Meta, and what a code was recognised by. The ids are those of accounts and numbers.
  signups: { without: ['facts'] },
  spend_days: { without: ['cost'] },
  tenant_plans: { without: ['assigned_by'] },
  wallet_topups: { without: ['made_by'] },
};

/** Columns that prove who somebody is, which nobody takes along. */
export const isSecretColumn = (column: string): boolean =>
  /^sealed(_|$)|(^|_)(hash|hashes|secret)$|^totp_last_step$/.test(column);
