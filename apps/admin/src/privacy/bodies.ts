import { onlyFiles, saysNothing } from './named-files.js';
import { type Place, statement } from './places.js';

/** Of places that are emptied by their age: ids from `first` on and before `past`, which are those of `since` and `until`. */
const AGE = `SELECT $1::uuid AS tenant, paloma_first_id($2::timestamptz) AS first, paloma_first_id($3::timestamptz) AS past,
  $2::timestamptz AS since, $3::timestamptz AS until, $4::timestamptz AS caught_up_from`;
const aged = (id: string): string => `${id} >= (SELECT first FROM who) AND ${id} < (SELECT past FROM who)`;

/** Of posts to merchants' endpoints: it is still to be posted, or will be once the endpoint is switched on in time. */
const toBePosted = (tenant: string, caughtUpFrom: string): string => `status = 'waiting'
  AND (event_id >= paloma_first_id(${caughtUpFrom})
    OR endpoint_id IN (SELECT w.endpoint_id FROM webhook_endpoints w WHERE w.tenant_id = ${tenant} AND w.enabled))`;
const isToBePosted = toBePosted('(SELECT tenant FROM who)', '(SELECT caught_up_from FROM who)');

/**
 * Where it is kept what messages say, oldest first by time. What is scheduled or parked cannot be sent without, and keeps it
 * until it has ended: see `HOURS_THAT_WAIT`. What is empty already is left alone. Which files a message named stays with it:
 * files stay, and are their customer's.
 */
export const BODIES: readonly Place[] = [
  {
    table: 'messages',
    where: `${aged('message_id')} AND status NOT IN ('accepted', 'sending', 'unknown', 'parked')
      AND (NOT (${saysNothing('payload')}) OR client_data IS NOT NULL)`,
    set: `payload = ${onlyFiles('messages')}, client_data = NULL`,
  },
  {
    table: 'inbound_messages',
    where: `${aged('inbound_id')} AND NOT (${saysNothing('payload')})`,
    set: `payload = ${onlyFiles('inbound_messages')}`,
  },
  { table: 'webhook_deliveries', where: `${aged('event_id')} AND NOT (${isToBePosted})` },
  {
    table: 'tenant_events',
    where: `${aged('event_id')} AND NOT EXISTS (SELECT FROM webhook_deliveries d
      WHERE d.tenant_id = (SELECT tenant FROM who) AND d.event_id = tenant_events.event_id AND ${aged('d.event_id')}
        AND ${isToBePosted})`,
  },
  { table: 'meta_events', where: `${aged('event_id')} AND status = 'done'` },
  {
    table: 'inbox_sayings',
    where: `${aged('saying_id')} AND state <> 'waiting' AND body::text <> '{}'`,
    set: `body = '{}'`,
  },
  // A step's run may have begun long before it, so it is its own time that counts.
  {
    table: 'bot_run_steps',
    where: 'at >= (SELECT since FROM who) AND at < (SELECT until FROM who)',
    set: `event = json_build_object('kind', event -> 'kind'), effects = '[]'`,
  },
  {
    table: 'automation_steps',
    where: `at < (SELECT until FROM who) AND body IS NOT NULL AND state <> 'sending'`,
    set: 'body = NULL',
  },
];

/** Other tables with something of a customer's, and why it is no part of what messages say. */
export const SAY_NOTHING: Readonly<Record<string, string>> = {
  automation_runs: "what happened in a merchant's shop",
  bot_runs: 'what a bot found out, such as an answer that was chosen; goes with the customer',
  campaign_recipients: 'whom a campaign went to',
  consent_records: 'the proof of a consent, which is kept as long as the consent counts',
  consent_states: 'what a customer agreed to',
  contact_activity: 'what happened to a contact',
  contact_identifiers: 'who somebody is',
  contact_import_refusals: 'lines of a file',
  contact_notes: "a merchant's notes",
  contacts: 'what a merchant knows of somebody',
  idempotency_keys: 'sealed answers of a day',
  inbox_conversations: 'who speaks with whom',
  inbox_entries: "a merchant's notes",
  inbox_tickets: "a merchant's words",
  media: 'files, which a merchant deletes by themselves',
  media_copies: 'files',
  media_objects: 'files',
  message_events: 'what Meta reports, by codes',
  service_windows: 'times',
  shop_events: "what happened in a merchant's shop",
  shop_orders: 'what was ordered',
  usage_facts: 'what is charged for',
};

const HOUR_OF = (id: string): string =>
  `date_trunc('hour', to_timestamp(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0), 'UTC')`;

/**
 * Hours in which something was accepted that still waits, so that what it says cannot go yet; each part finds its own partial
 * index. Over `$1`, the tenant, `$2`, the instant before which the hours are looked for, and `$3`, from when on an endpoint is
 * posted what it missed.
 */
export const HOURS_THAT_WAIT = `
  SELECT DISTINCT ${HOUR_OF('w.id')} AS hour FROM (
    SELECT message_id AS id FROM messages WHERE tenant_id = $1 AND status = 'accepted'
    UNION ALL SELECT message_id FROM messages WHERE tenant_id = $1 AND status IN ('sending', 'unknown')
    UNION ALL SELECT message_id FROM messages WHERE tenant_id = $1 AND status = 'parked'
    UNION ALL SELECT event_id FROM meta_events WHERE tenant_id = $1 AND status = 'new' AND due_at IS NULL
    UNION ALL SELECT event_id FROM meta_events WHERE tenant_id = $1 AND status = 'new' AND due_at IS NOT NULL
    UNION ALL SELECT event_id FROM meta_events WHERE tenant_id = $1 AND status = 'parked'
    UNION ALL SELECT event_id FROM webhook_deliveries WHERE tenant_id = $1 AND ${toBePosted('$1', '$3::timestamptz')}
    UNION ALL SELECT saying_id FROM inbox_sayings WHERE tenant_id = $1 AND state = 'waiting') AS w
   WHERE w.id < paloma_first_id($2::timestamptz) ORDER BY hour`;

/**
 * The statement that empties a place of what is too old; over tenant, from when on, before when, and from when on an endpoint is
 * posted what it missed.
 */
export const ageing = (place: Place): string => statement(place, AGE);
