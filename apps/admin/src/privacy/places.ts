import { onlyFiles } from './named-files.js';
import { undividedInSql } from './needles.js';

/** A place where a tenant's tables hold a customer, and what becomes of it. */
export interface Place {
  readonly table: string;
  /** Which rows, in SQL over the parameters named in `PARAMETERS`. */
  readonly where: string;
  /** What is set; without it the rows are deleted. */
  readonly set?: string;
  /** Which rows an export shows: the customer's own, also those that may not be changed yet. Absent: as `where`. */
  readonly own?: string;
}

/** Of a place that an export shows nothing of: what others wrote of the customer is theirs, and what is raw or sealed repeats. */
const NOTHING = 'false';

/** What conditions may name: `mine` is any of these columns of the CTE `who`, which has one row. */
const PARAMETERS = `SELECT $1::uuid AS tenant, $2::text[] AS identifiers, $3::text[] AS needles,
  $4::uuid[] AS contacts, $5::text AS stand_in, $6::timestamptz AS settled_before,
  $7::timestamptz AS at`;

/** Of messages: nothing of ours moves it any more, and a report of Meta's, which would name the customer again, hardly. */
export const SETTLED = `(status IN ('read', 'played', 'failed', 'expired', 'cancelled')
  OR (status IN ('submitted', 'held', 'sent', 'delivered') AND status_at < (SELECT settled_before FROM who)))`;

const is = (column: string): string => `${column} = ANY ((SELECT identifiers FROM who)::text[])`;
const mentions = (column: string): string => `${column}::text LIKE ANY ((SELECT needles FROM who)::text[])`;
const isContact = 'contact_id = ANY ((SELECT contacts FROM who)::uuid[])';
const ofMessages = `message_id IN (SELECT m.message_id FROM messages m
  WHERE m.tenant_id = (SELECT tenant FROM who) AND ${is('m.recipient')})`;
const ofEvents = `event_id IN (SELECT e.event_id FROM tenant_events e
  WHERE e.tenant_id = (SELECT tenant FROM who) AND (${is('e.customer')} OR ${mentions('e.body')}))`;

const ofRuns = `run_id IN (SELECT r.run_id FROM automation_runs r
  WHERE r.tenant_id = (SELECT tenant FROM who) AND r.${isContact})`;
const ofConversations = `conversation_id IN (SELECT c.conversation_id FROM inbox_conversations c
  WHERE c.tenant_id = (SELECT tenant FROM who) AND (c.${isContact} OR ${is('c.customer')}))`;
const ofBotRuns = `run_id IN (SELECT r.run_id FROM bot_runs r
  WHERE r.tenant_id = (SELECT tenant FROM who) AND r.${ofConversations})`;
const isRecipient = `${is('customer')} OR ${is('line')}`;

/** A number's market stays, so that a charge can be explained; and each customer stays one, so that limits count right. */
const anonymous = `recipient = paloma_market_prefix(recipient) || (SELECT stand_in FROM who)`;

/**
 * Every place, in the order in which they are emptied: what is found through another table comes before that one. A test
 * holds the list against the tables of the database, so none is forgotten when one is added.
 */
export const PLACES: readonly Place[] = [
  {
    table: 'contact_import_refusals',
    where: `${mentions('content')} OR ${mentions(undividedInSql('content'))} OR ${mentions('reason')}`,
    own: NOTHING,
  },
  { table: 'automation_steps', where: `${ofRuns} OR ${mentions('body')} OR ${mentions('reason')}`, own: ofRuns },
  { table: 'automation_runs', where: isContact },
  { table: 'shop_events', where: isContact },
  // What was bought, for how much, stays a merchant's book; who bought it does not.
  {
    table: 'shop_orders',
    where: `${isContact} OR ${mentions('note')} OR ${mentions('meta_message_id')}`,
    set: 'note = NULL, meta_message_id = order_id::text',
    own: isContact,
  },
  { table: 'bot_run_steps', where: `${ofBotRuns} OR ${mentions('event')} OR ${mentions('effects')}`, own: ofBotRuns },
  { table: 'bot_runs', where: ofConversations },
  { table: 'inbox_entries', where: `${ofConversations} OR ${mentions('body')}`, own: ofConversations },
  { table: 'inbox_sayings', where: `${ofConversations} OR ${mentions('body')}`, own: ofConversations },
  {
    table: 'inbox_tickets',
    where: `${ofConversations} OR ${mentions('subject')}`,
    set: 'subject = NULL',
    own: ofConversations,
  },
  {
    table: 'inbox_conversations',
    where: `${isContact} OR ${is('customer')}`,
    set: `customer = paloma_market_prefix(customer) || (SELECT stand_in FROM who), labels = '{}'`,
  },
  { table: 'contact_notes', where: `${isContact} OR ${mentions('text')}`, own: isContact },
  { table: 'contact_activity', where: isContact },
  { table: 'contact_identifiers', where: isContact },
  {
    table: 'contacts',
    where: isContact,
    set: `name = NULL, profile_name = NULL, attributes = '{}', tags = '{}', last_seen_at = NULL,
          gone_at = coalesce(gone_at, (SELECT at FROM who)), updated_at = (SELECT at FROM who)`,
  },
  {
    table: 'webhook_deliveries',
    where: `${is('customer')} OR ${mentions('last_error')} OR ${ofEvents}`,
    own: is('customer'),
  },
  { table: 'tenant_events', where: `${is('customer')} OR ${mentions('body')}`, own: is('customer') },
  {
    table: 'meta_events',
    where: `status <> 'new' AND (${mentions('body')} OR ${mentions(`encode(raw, 'escape')`)} OR ${mentions('note')})`,
    own: NOTHING,
  },
  { table: 'idempotency_keys', where: `${mentions('key')} OR ${ofMessages}`, own: NOTHING },
  {
    table: 'message_events',
    where: `detail IS NOT NULL AND (${mentions('detail')} OR ${ofMessages})`,
    set: 'detail = NULL',
    own: ofMessages,
  },
  { table: 'usage_facts', where: `status <> 'new' AND ${is('recipient')}`, set: anonymous, own: is('recipient') },
  { table: 'inbound_messages', where: `${is('customer')} OR ${is('user_id')}` },
  // What other customers wrote about this one: they wrote something, and no longer what. Their files stay theirs.
  {
    table: 'inbound_messages',
    where: mentions('payload'),
    set: `payload = ${onlyFiles('inbound_messages')}`,
    own: NOTHING,
  },
  // Whom a campaign has not written to yet it never will; whom it has stays one of its recipients.
  { table: 'campaign_recipients', where: `state IN ('listed', 'waiting') AND (${isRecipient})`, own: isRecipient },
  {
    table: 'campaign_recipients',
    where: `state <> 'sending' AND (${isRecipient}) AND NOT EXISTS (SELECT FROM messages m
      WHERE m.tenant_id = campaign_recipients.tenant_id AND m.message_id = campaign_recipients.message_id
        AND m.status IN ('accepted', 'sending', 'unknown', 'parked'))`,
    // A campaign may have several lines of one customer, and has each line once.
    set: `line = paloma_market_prefix(line) || (SELECT stand_in FROM who) || '~' || gen_random_uuid(), contact_id = NULL,
          attributes = '{}', customer = paloma_market_prefix(customer) || (SELECT stand_in FROM who)`,
    own: NOTHING,
  },
  { table: 'service_windows', where: is('customer') },
  {
    table: 'messages',
    where: `${SETTLED} AND ${is('recipient')}`,
    set: `${anonymous}, payload = '{}', client_data = NULL, meta_message_id = NULL,
          meta_error = CASE WHEN meta_error IS NULL THEN NULL ELSE jsonb_build_object('code', meta_error -> 'code') END`,
    own: is('recipient'),
  },
  {
    table: 'messages',
    where: `${SETTLED} AND (${mentions('payload')} OR ${mentions('client_data')})`,
    set: `payload = ${onlyFiles('messages')}, client_data = NULL`,
    own: NOTHING,
  },
];

/**
 * Messages that wait for their turn, or for their template, run out at once, so that their holds are given back and the tenant
 * is told, as with any message that ran out of time.
 */
export const WAITING: Place = {
  table: 'messages',
  where: `(status = 'accepted' OR (status = 'parked' AND held_for IS NOT NULL))
    AND expires_at > (SELECT at FROM who) AND ${is('recipient')}`,
  set: 'expires_at = (SELECT at FROM who)',
};

/** The statement that empties a place. @param parameters what conditions may name, as one row */
export const statement = ({ table, where, set }: Place, parameters: string): string =>
  `WITH who AS (${parameters}) ${set ? `UPDATE ${table} SET ${set}` : `DELETE FROM ${table}`}
    WHERE tenant_id = (SELECT tenant FROM who) AND (${where})`;

/** Messages of a tenant that is erased run out at once, whoever they are to. Takes the tenant and the time. */
export const endingAllThatWaits = statement(
  {
    table: 'messages',
    where: `status = 'accepted' AND expires_at > (SELECT at FROM who)`,
    set: 'expires_at = (SELECT at FROM who)',
  },
  'SELECT $1::uuid AS tenant, $2::timestamptz AS at',
);

/** The statement that empties a place of a customer. */
export const emptying = (place: Place): string => statement(place, PARAMETERS);

/** The rows of a place that an export shows, `atMost` of them; undefined when it shows none. */
export const showing = ({ table, where, own = where }: Place, atMost: number): string | undefined =>
  own === NOTHING
    ? undefined
    : `WITH who AS (${PARAMETERS}) SELECT to_jsonb(${table}) - 'tenant_id' AS row FROM ${table}
        WHERE tenant_id = (SELECT tenant FROM who) AND (${own}) LIMIT ${atMost}`;

/** Emptied by other means: files with their bytes, and consents, of which refusals are kept under a mark. */
export const ELSEWHERE: readonly string[] = [
  'media',
  'media_objects',
  'media_copies',
  'consent_records',
  'consent_states',
];

/** Tables of tenants that hold nothing of a customer, each with its reason. The search reads them all the same. */
export const NO_CUSTOMERS: Readonly<Record<string, string>> = {
  account_events: 'what Meta says of accounts and numbers',
  alert_rules: 'levels',
  alerts: 'ids and values',
  api_keys: "a merchant's keys",
  application_documents: 'papers of merchants',
  application_entries: 'what merchants and staff said of an application',
  applications: 'merchants who want to join',
  audit_log: 'what staff did; it is never changed, so a reason that names a customer is refused',
  automation_versions: 'what automations do',
  automations: 'what automations do',
  billing_profiles: "merchants' addresses",
  bot_versions: 'what bots say to everybody',
  bots: 'what bots say to everybody',
  business_profiles: 'what a merchant shows of itself',
  campaign_counts: 'counts',
  campaign_news: 'ids of messages',
  campaign_numbers: 'numbers of merchants',
  campaigns: 'what is sent to whom by rule; one that names a customer is found by the search',
  catalogue_batches: 'products',
  catalogues: 'products',
  charge_news: 'sums',
  charges: 'amounts by message, without whom it went to',
  consent_settings: 'rules',
  contact_attributes: 'names of fields',
  contact_import_pieces: 'a file on its way in; an erasure waits for it',
  closings: 'counts by table',
  contact_imports: 'counts and the meaning of columns',
  customer_marks: 'a sealed key',
  erasures: 'sealed until done',
  inbox_agents: "merchants' people",
  inbox_settings: 'rules',
  inbox_team_members: "merchants' people",
  inbox_teams: "merchants' people",
  inbound_unseen: 'ids; rows go with their message',
  invoice_drafts: 'sums',
  invoices: 'sums, and the merchant',
  adjustments: 'sums, ids and what staff say of them; one that names a customer is found by the search',
  journal_entries: 'ids and what was booked',
  lane_leases: 'ids',
  ledger_periods: 'months',
  letters: 'sealed letters to merchants',
  limit_changes: 'limits',
  media_at_meta: 'ids of files',
  message_news: 'sums',
  meta_routes: 'ids of Meta',
  meta_usage: 'sums, by the number of the merchant',
  number_care: 'numbers of merchants',
  on_premises_clients: 'addresses of clients',
  one_time_links: "merchants' people",
  opt_in_forms: 'what forms say',
  phone_numbers: 'numbers of merchants',
  portfolio_prices: 'prices',
  portfolios: 'limits',
  postings: 'amounts',
  products: 'products',
  provider_secrets: 'sealed',
  provider_settings: 'what the provider says of itself',
  provider_settings_head: 'a number',
  quick_replies: 'texts for everybody',
  rating_counters: 'counts',
  retentions: 'days',
  segments: 'filters; one that names a customer is found by the search',
  setup_links: 'links',
  shop_order_items: 'products; rows go by their order',
  shop_sources: 'shops of merchants',
  signup_news: 'steps of merchants',
  signup_steps: 'steps of merchants',
  signups: 'merchants',
  spend_days: 'sums',
  support_accesses: 'what staff looked at',
  support_uses: 'what staff looked at; of a path that names a customer that part is left out',
  template_events: 'texts for everybody',
  template_syncs: 'times',
  templates: 'texts for everybody',
  tenant_limits: 'amounts',
  tenant_notes: 'what staff note of merchants; one that names a customer is found by the search',
  tenant_plans: 'plans',
  tenant_users: "merchants' people",
  tenants: 'merchants',
  traffic_days: 'sums',
  user_sessions: "merchants' people",
  wabas: 'accounts',
  wallet_disputes: 'payments',
  wallet_estimates: 'prices',
  wallet_holds: 'amounts',
  wallet_topups: 'payments',
  wallets: 'balances',
  webhook_endpoints: 'addresses of merchants',
  withdrawn_messages: 'ids of messages',
  webhook_signing_secrets: 'sealed',
};
