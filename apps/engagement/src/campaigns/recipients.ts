import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import type { Campaign } from './campaign.js';
import { CampaignCounts } from './campaign-counts.js';

/** One who is to get a message of a campaign. */
export interface Recipient {
  line: string;
  customer: string;
  attributes: Record<string, unknown>;
  variant: number;
  zone: string | null;
  messageId: string | null;
  tries: number;
}

/** What became of a recipient whose message was handed to the gateway. */
export interface Handed {
  line: string;
  /** `waiting`: it keeps its place, not before `sendAfter`. */
  state: 'accepted' | 'refused' | 'waiting';
  variant: number;
  cause?: string | undefined;
  sendAfter?: Date | undefined;
  /** Whether this counts as a try. */
  tried?: boolean | undefined;
}

type Lane = { tenantId: string; campaignId: string; phoneNumberId: string };

const COLUMNS = `r.line, r.customer, r.attributes, r.variant, r.zone, r.message_id AS "messageId", r.tries`;

/** The one writer of campaigns' recipients. */
@Injectable()
export class Recipients {
  constructor(private readonly counts: CampaignCounts) {}

  /** Lists recipients of a draft; one who is listed already gets the new attributes. @returns how many are new */
  async list(
    tx: Tx,
    { tenantId, campaignId }: Campaign,
    given: readonly { line: string; customer: string; attributes: object }[],
  ): Promise<number> {
    const rows: { isNew: boolean }[] = await tx.query(
      `INSERT INTO campaign_recipients AS r (tenant_id, campaign_id, line, customer, attributes, state)
       SELECT $1, $2, g.line, g.customer, g.attributes::jsonb, 'listed'
         FROM unnest($3::text[], $4::text[], $5::text[]) AS g(line, customer, attributes) ORDER BY g.line
       ON CONFLICT (tenant_id, campaign_id, line) DO UPDATE SET customer = excluded.customer, attributes = excluded.attributes
         WHERE r.state = 'listed'
       RETURNING xmax = 0 AS "isNew"`,
      [
        tenantId,
        campaignId,
        given.map((g) => g.line),
        given.map((g) => g.customer),
        given.map((g) => JSON.stringify(g.attributes)),
      ],
    );
    return rows.filter((r) => r.isNew).length;
  }

  /** Forgets who is listed of a draft that goes to others by now. */
  async unlist(tx: Tx, { tenantId, campaignId }: Campaign): Promise<void> {
    await tx.query(`DELETE FROM campaign_recipients WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'listed'`, [
      tenantId,
      campaignId,
    ]);
  }

  /** Recipients whose message was given to the gateway and never answered for: their worker died. */
  async unanswered(tx: Tx, { tenantId, campaignId, phoneNumberId }: Lane, limit: number): Promise<Recipient[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM campaign_recipients r
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.phone_number_id = $3 AND r.state = 'sending'
        LIMIT $4`,
      [tenantId, campaignId, phoneNumberId, limit],
    );
  }

  /** The next recipients of a number whose time has come; nobody else is given them until the transaction ends. */
  async due(tx: Tx, { tenantId, campaignId, phoneNumberId }: Lane, now: Date, limit: number): Promise<Recipient[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM campaign_recipients r
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.phone_number_id = $3 AND r.state = 'waiting'
          AND r.send_after <= $4
        ORDER BY r.send_after LIMIT $5 FOR UPDATE SKIP LOCKED`,
      [tenantId, campaignId, phoneNumberId, now, limit],
    );
  }

  /** When the next recipient of a number is due; undefined when none waits. */
  async nextDue(tx: Tx, { tenantId, campaignId, phoneNumberId }: Lane): Promise<Date | undefined> {
    const [row]: { at: Date | null }[] = await tx.query(
      `SELECT min(r.send_after) AS at FROM campaign_recipients r
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.phone_number_id = $3 AND r.state = 'waiting'`,
      [tenantId, campaignId, phoneNumberId],
    );
    return row?.at ?? undefined;
  }

  /** Whether anybody of a campaign is still to be sent to, by whichever number. */
  async anyLeft(tx: Tx, { tenantId, campaignId }: Pick<Lane, 'tenantId' | 'campaignId'>): Promise<boolean> {
    const [row]: { left: boolean }[] = await tx.query(
      `SELECT EXISTS (SELECT FROM campaign_recipients WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'waiting')
           OR EXISTS (SELECT FROM campaign_recipients WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'sending')
           AS left`,
      [tenantId, campaignId],
    );
    return row?.left ?? false;
  }

  /** Puts recipients off to a later time; they keep their place otherwise. */
  async postpone(tx: Tx, { tenantId, campaignId }: Lane, all: readonly { line: string; until: Date }[]): Promise<void> {
    if (all.length === 0) return;
    await tx.query(
      `UPDATE campaign_recipients r SET send_after = g.until FROM unnest($3::text[], $4::timestamptz[]) AS g(line, until)
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.line = g.line AND r.state = 'waiting'`,
      [tenantId, campaignId, all.map((p) => p.line), all.map((p) => p.until)],
    );
  }

  /** Keeps the ids under which messages are about to be handed over. */
  async handing(
    tx: Tx,
    { tenantId, campaignId }: Lane,
    messages: readonly { line: string; messageId: string }[],
  ): Promise<void> {
    if (messages.length === 0) return;
    await tx.query(
      `UPDATE campaign_recipients r SET state = 'sending', message_id = g.id
         FROM unnest($3::text[], $4::uuid[]) AS g(line, id)
        WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.line = g.line AND r.state IN ('waiting', 'sending')`,
      [tenantId, campaignId, messages.map((m) => m.line), messages.map((m) => m.messageId)],
    );
  }

  /** Notes whose messages were taken back: nothing is sent to them, and they wait as those do whose turn had not come. */
  async takenBack(
    tx: Tx,
    { tenantId, campaignId }: Pick<Lane, 'tenantId' | 'campaignId'>,
    messageIds: readonly string[],
  ): Promise<void> {
    const back: { variant: number; n: number }[] = await tx.query(
      `WITH held AS (
         SELECT line, variant, state FROM campaign_recipients
          WHERE tenant_id = $1 AND campaign_id = $2 AND message_id = ANY ($3::uuid[]) AND state IN ('sending', 'accepted')
          ORDER BY line FOR UPDATE),
       back AS (
         UPDATE campaign_recipients r SET state = 'waiting', message_id = NULL FROM held h
          WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.line = h.line)
       SELECT variant, count(*)::int AS n FROM held WHERE state = 'accepted' GROUP BY variant`,
      [tenantId, campaignId, messageIds],
    );
    const counted = back.map(({ variant, n }) => ({ variant, what: 'accepted' as const, cause: '', n: -n }));
    await this.counts.add(tx, { tenantId, campaignId }, counted);
  }

  /** Notes what became of messages that were handed over, and counts them; one that is answered for already stays so. */
  async handed(tx: Tx, { tenantId, campaignId }: Lane, all: readonly Handed[]): Promise<void> {
    if (all.length === 0) return;
    const changed: { line: string; state: Handed['state']; variant: number; cause: string | null }[] = await tx.query(
      `WITH told AS (
         UPDATE campaign_recipients r
            SET state = g.state, cause = g.cause, send_after = coalesce(g.send_after, r.send_after),
                tries = r.tries + CASE WHEN g.tried THEN 1 ELSE 0 END
           FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
             AS g(line, state, cause, send_after, tried)
          WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.line = g.line AND r.state IN ('waiting', 'sending')
         RETURNING r.line, r.state, r.variant, r.cause)
       SELECT * FROM told`,
      [
        tenantId,
        campaignId,
        all.map((h) => h.line),
        all.map((h) => h.state),
        all.map((h) => h.cause ?? null),
        all.map((h) => h.sendAfter ?? null),
        all.map((h) => h.tried ?? false),
      ],
    );
    await this.counts.add(
      tx,
      { tenantId, campaignId },
      changed.flatMap(({ state, variant, cause }) =>
        state === 'waiting' ? [] : [{ variant, what: state, cause: state === 'refused' ? (cause ?? '') : '', n: 1 }],
      ),
    );
  }
}
