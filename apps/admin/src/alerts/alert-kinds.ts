/** What staff are woken for. */
export const ALERT_KINDS = [
  'quality_drop',
  'template_paused',
  'failure_rate',
  'webhook_lag',
  'wallet_low',
  'payment_dispute',
  'intake_silence',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** When an occurrence begins and when it is over. The more, the worse; between the two nothing changes. */
export interface Thresholds {
  raiseAt: number;
  clearAt: number;
}

interface Kind extends Thresholds {
  readonly means: string;
  /** SQL over `$1`, the instant: tenant_id, subject, value. What it does not name is fine. */
  readonly measure: string;
}

const TIME_OF_ID = (id: string): string =>
  `to_timestamp(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)`;

/** Each kind with the thresholds that hold until staff say otherwise, read from rollups and from records of what is. */
export const KINDS: Readonly<Record<AlertKind, Kind>> = {
  quality_drop: {
    means: "Meta's quality rating of a number: 1 is yellow, 2 is red",
    raiseAt: 2,
    clearAt: 1,
    measure: `SELECT tenant_id, phone_number_id::text AS subject, CASE upper(quality_rating) WHEN 'RED' THEN 2 ELSE 1 END AS value
                FROM phone_numbers WHERE upper(quality_rating) IN ('RED', 'YELLOW') AND $1::timestamptz IS NOT NULL`,
  },
  template_paused: {
    means: 'Meta paused a template: 1 while it is',
    raiseAt: 1,
    clearAt: 0,
    measure: `SELECT tenant_id, template_id::text AS subject, 1 AS value
                FROM templates WHERE upper(status) = 'PAUSED' AND $1::timestamptz IS NOT NULL`,
  },
  failure_rate: {
    means: "percent of a tenant's messages of today (UTC) that failed, from 50 messages on",
    raiseAt: 20,
    clearAt: 10,
    measure: `SELECT tenant_id, 'today' AS subject,
                     100 * coalesce(sum(messages) FILTER (WHERE status = 'failed'), 0) / sum(messages) AS value
                FROM traffic_days WHERE day = ($1::timestamptz AT TIME ZONE 'UTC')::date
               GROUP BY tenant_id HAVING sum(messages) >= 50`,
  },
  webhook_lag: {
    means: "seconds that the oldest post to a tenant's webhook is late",
    raiseAt: 900,
    clearAt: 120,
    measure: `SELECT tenant_id, endpoint_id::text AS subject, extract(epoch FROM $1::timestamptz - min(due_at)) AS value
                FROM webhook_deliveries WHERE status = 'waiting' AND due_at < $1 GROUP BY 1, 2`,
  },
  wallet_low: {
    means: "1 while what a tenant may spend is at its wallet's lowest level or below",
    raiseAt: 1,
    clearAt: 0,
    measure: `SELECT tenant_id, currency AS subject, 1 AS value FROM wallets
               WHERE balance - held + credit_limit <= coalesce((SELECT min(level) FROM unnest(alert_levels) AS level), 0)
                 AND $1::timestamptz IS NOT NULL`,
  },
  payment_dispute: {
    means:
      "1 while a payer's bank asks a top-up back and it is not decided; evidence has a term at the payment provider",
    raiseAt: 1,
    clearAt: 0,
    measure: `SELECT tenant_id, reference AS subject, 1 AS value FROM wallet_disputes
               WHERE stage IN ('inquiry', 'open') AND $1::timestamptz IS NOT NULL`,
  },
  intake_silence: {
    means: 'minutes since Meta last told anything to the whole platform',
    raiseAt: 60,
    clearAt: 10,
    measure: `SELECT '00000000-0000-0000-0000-000000000000'::uuid AS tenant_id, 'platform' AS subject,
                     extract(epoch FROM $1::timestamptz - max(${TIME_OF_ID('newest.event_id')})) / 60 AS value
                FROM tenants t, LATERAL (SELECT e.event_id FROM meta_events e WHERE e.tenant_id = t.tenant_id
                                          ORDER BY e.event_id DESC LIMIT 1) AS newest
              HAVING count(*) > 0`,
  },
};

export const isAlertKind = (text: string): text is AlertKind => ALERT_KINDS.some((kind) => kind === text);

/**
 * Whether an occurrence begins, ends or goes on. One alert per occurrence: a value that swings between the thresholds
 * neither wakes anybody again nor gives the all-clear.
 *
 * @param open whether it has been raised and not cleared
 * @param value undefined: nothing is measured of it any more
 */
export function judge(
  open: boolean,
  value: number | undefined,
  { raiseAt, clearAt }: Thresholds,
): 'raise' | 'clear' | 'keep' {
  if (!open) return value !== undefined && value >= raiseAt ? 'raise' : 'keep';
  return value === undefined || value <= clearAt ? 'clear' : 'keep';
}
