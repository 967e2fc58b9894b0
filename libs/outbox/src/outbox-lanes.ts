import { Injectable } from '@nestjs/common';
import { Database, kept, type Tx } from '#libs/persistence';
import { MESSAGE_COLUMNS, type MessageLane, type MessageRow } from './message-row.js';
import { type CallResult, settleResults } from './settle-results.js';

/** A message that could be claimed now. */
export interface Candidate {
  messageId: string;
  recipient: string;
  inWindow: boolean;
  isTemplate: boolean;
  category: string | null;
  expiresAt: Date;
}

/** What is left out when the next messages are looked for. */
export interface Except {
  /** Lanes after this one: 1 leaves out broadcasts. */
  lanesAfter?: MessageLane;
  /** Recipients who cannot be sent to at the moment. */
  recipients?: readonly string[];
}

/** Which messages are claimed, and by which way they go. */
export interface ClaimOptions {
  /** Takes no others than these. */
  only?: readonly string[] | undefined;
  /** Leaves out the lanes after this one. */
  lanesAfter?: MessageLane;
  /** Where it is not the Cloud API: it stands in the history, for a call that has no answer is told of by that way alone. */
  over?: 'on_premises_client' | undefined;
}

const LAST_LANE: MessageLane = 2;

// A message is due when its time has come, or when it has run out (then it is taken only to say so). Not due: one whose
// recipient has an older message of the same lane on its way or waiting to be tried again, so each recipient gets what
// was accepted first, first. A message that was scheduled for later holds nobody back.
const DUE = `m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'accepted'
  AND (m.not_before <= $3 OR m.expires_at <= $3)
  AND NOT EXISTS (
    SELECT FROM messages o WHERE o.tenant_id = $1 AND o.phone_number_id = $2 AND o.status = 'sending'
       AND o.recipient = m.recipient AND o.lane = m.lane AND o.message_id < m.message_id)
  AND NOT EXISTS (
    SELECT FROM messages o WHERE o.tenant_id = $1 AND o.phone_number_id = $2 AND o.status = 'accepted' AND o.attempts > 0
       AND o.not_before > $3 AND o.expires_at > $3
       AND o.recipient = m.recipient AND o.lane = m.lane AND o.message_id < m.message_id)`;

/**
 * More than are ever asked for at once. As a number in the text it tells the planner that few rows are wanted, which it
 * cannot know of a parameter: it would gather and sort whatever waits.
 */
const AT_MOST = 1_000;

// Of what is due the next message of each recipient: the others' turn comes when that one is settled.
const FIRST_OF_EACH = 'SELECT DISTINCT ON (recipient, lane) * FROM due ORDER BY recipient, lane, message_id';

const WAITING = `m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'accepted'`;

// The rows to change are named by their ids alone, so that no plan, however old, can read others.
const claim = (among: string): string => `
  WITH bounded AS (
    SELECT m.message_id, m.recipient, m.lane FROM messages m
     WHERE ${DUE} AND m.lane <= $5 ${among}
     ORDER BY m.lane, m.message_id LIMIT ${AT_MOST} FOR UPDATE SKIP LOCKED),
  due AS (SELECT * FROM bounded LIMIT $4),
  first AS (${FIRST_OF_EACH}),
  claimed AS (
    UPDATE messages m
       SET status = CASE WHEN EXISTS (SELECT FROM withdrawn_messages w
                                       WHERE w.tenant_id = $1 AND w.message_id = m.message_id) THEN 'cancelled'
                         WHEN m.expires_at <= $3 THEN 'expired' ELSE 'sending' END,
           status_at = $3, attempts = m.attempts + 1
     WHERE m.tenant_id = $1 AND m.message_id = ANY (ARRAY(SELECT message_id FROM first))
       AND m.message_id >= (SELECT message_id FROM first ORDER BY message_id LIMIT 1)
       AND m.message_id <= (SELECT message_id FROM first ORDER BY message_id DESC LIMIT 1)
    RETURNING m.*),
  noted AS (
    INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
    SELECT tenant_id, message_id, status, attempts, $3, 'paloma', CASE status WHEN 'sending' THEN $6::jsonb END
      FROM claimed)
  SELECT ${MESSAGE_COLUMNS} FROM claimed m ORDER BY m.lane, m.message_id`;
const CLAIM = kept(claim(''));
const CLAIM_ONLY = kept(claim('AND m.message_id = ANY ($7::uuid[])'));

/** The waiting messages of each phone number, for the one dispatcher that holds the number's lease. */
@Injectable()
export class OutboxLanes {
  constructor(private readonly db: Database) {}

  /** The next messages in the order in which `claim` takes them, without taking them. */
  async peek(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    now: Date,
    limit: number,
    except: Except = {},
  ): Promise<Candidate[]> {
    const { recipients = [] } = except;
    return tx.query(
      `WITH due AS (
         SELECT m.message_id, m.recipient, m.lane, m.in_window, m.template_id, m.category, m.expires_at
           FROM messages m
          WHERE ${DUE} AND m.lane <= $5 ${recipients.length > 0 ? 'AND m.recipient <> ALL ($6::text[])' : ''}
          ORDER BY m.lane, m.message_id LIMIT $4),
       first AS (${FIRST_OF_EACH})
       SELECT message_id AS "messageId", recipient, in_window AS "inWindow", template_id IS NOT NULL AS "isTemplate",
              category, expires_at AS "expiresAt"
         FROM first ORDER BY lane, message_id`,
      [
        tenantId,
        phoneNumberId,
        now,
        limit,
        except.lanesAfter ?? LAST_LANE,
        ...(recipients.length > 0 ? [recipients] : []),
      ],
    );
  }

  /** Says anew whether the service windows of waiting messages are open: they may have waited for long. */
  async moveWindows(tx: Tx, tenantId: string, messageIds: readonly string[], inWindow: boolean): Promise<void> {
    if (messageIds.length === 0) return;
    await tx.query(
      `UPDATE messages SET in_window = $3
        WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) AND status = 'accepted'`,
      [tenantId, messageIds, inWindow],
    );
  }

  /**
   * Takes the next messages: they become `sending`, or `cancelled` if they were withdrawn before they were here, or `expired`
   * if their time has run out; all with their event.
   * At most one of each recipient and lane is among them: what is claimed is called within a tenth of a second, so that a
   * dispatcher that dies leaves no message in doubt whose turn had not come.
   */
  async claim(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    now: Date,
    limit: number,
    { only, lanesAfter = LAST_LANE, over }: ClaimOptions = {},
  ): Promise<MessageRow[]> {
    return tx.query(only ? CLAIM_ONLY : CLAIM, [
      tenantId,
      phoneNumberId,
      now,
      limit,
      lanesAfter,
      over === undefined ? null : JSON.stringify({ over }),
      ...(only ? [only] : []),
    ]);
  }

  /**
   * Stores what became of claimed messages. Where Meta's status was quicker than its answer, the message stays where the
   * status put it and only learns Meta's id. An answer that comes when the message was given up for unknown and waits to be
   * sent again, or is parked, still counts: it was sent.
   *
   * @returns ids of the messages that are now as the result says
   */
  settle(tx: Tx, tenantId: string, results: readonly CallResult[], now: Date): Promise<Set<string>> {
    return settleResults(tx, tenantId, results, now);
  }

  /** Waiting messages whose time has run out, of which nobody was told yet. */
  async runOut(tx: Tx, tenantId: string, phoneNumberId: string, now: Date, limit: number): Promise<string[]> {
    const rows: { messageId: string }[] = await tx.query(
      `SELECT m.message_id AS "messageId" FROM messages m
        WHERE ${WAITING} AND least(m.not_before, m.expires_at) <= $3 AND m.expires_at <= $3 LIMIT $4`,
      [tenantId, phoneNumberId, now, limit],
    );
    return rows.map((row) => row.messageId);
  }

  /** Lets unclaimed messages wait until an instant, with the reason in their history. */
  async postpone(
    tx: Tx,
    tenantId: string,
    waits: readonly { messageId: string; until: Date }[],
    reason: string,
    now: Date,
  ): Promise<void> {
    if (waits.length === 0) return;
    await tx.query(
      `WITH wait AS (SELECT * FROM unnest($3::uuid[], $4::timestamptz[]) AS w(message_id, until)),
       moved AS (
         UPDATE messages m SET not_before = w.until FROM wait w
          WHERE m.tenant_id = $1 AND m.message_id = w.message_id AND m.status = 'accepted'
         RETURNING m.message_id, m.attempts, w.until)
       INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
       SELECT $1, message_id, 'waiting', attempts, $2, 'paloma', jsonb_build_object('reason', $5::text, 'until', until)
         FROM moved
       ON CONFLICT DO NOTHING`,
      [tenantId, now, waits.map((w) => w.messageId), waits.map((w) => w.until), reason],
    );
  }

  /** Lets messages be looked at again that `postpone` made wait, for whatever reason; those that are scheduled stay. */
  async hasten(tx: Tx, tenantId: string, phoneNumberId: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE messages m SET not_before = $3
        WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'accepted' AND m.not_before > $3
          AND EXISTS (SELECT FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.message_id
                         AND e.kind = 'waiting')`,
      [tenantId, phoneNumberId, now],
    );
  }

  /**
   * What a dispatcher left behind that is gone: whether its calls reached Meta is unknown. Only the holder of the lane's
   * lease may say so, and before it claims anything itself.
   *
   * @returns how many messages are now `unknown`
   */
  async abandon(tx: Tx, tenantId: string, phoneNumberId: string, now: Date): Promise<number> {
    const rows: unknown[] = await tx.query(
      kept(`WITH left_behind AS (
         UPDATE messages m SET status = 'unknown', status_at = $3
          WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'sending'
         RETURNING m.message_id, m.attempts),
       noted AS (
         INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
         SELECT $1, message_id, 'unknown', attempts, $3, 'paloma', '{"reason": "dispatcher_gone"}' FROM left_behind
         ON CONFLICT DO NOTHING)
       SELECT message_id FROM left_behind`),
      [tenantId, phoneNumberId, now],
    );
    return rows.length;
  }

  /**
   * What else waits for a number: whether something is due already (but held back at the moment), and when the next
   * message becomes due.
   */
  async outlook(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    now: Date,
  ): Promise<{ dueNow: boolean; nextAt: Date | undefined }> {
    const [row]: { dueNow: boolean; nextAt: Date | null }[] = await tx.query(
      // One probe of an index each, however many wait.
      kept(`SELECT EXISTS (SELECT FROM messages m WHERE ${WAITING} AND least(m.not_before, m.expires_at) <= $3) AS "dueNow",
              (SELECT least(m.not_before, m.expires_at) FROM messages m
                WHERE ${WAITING} AND least(m.not_before, m.expires_at) > $3
                ORDER BY least(m.not_before, m.expires_at) LIMIT 1) AS "nextAt"`),
      [tenantId, phoneNumberId, now],
    );
    return { dueNow: row?.dueNow ?? false, nextAt: row?.nextAt ?? undefined };
  }

  /** Numbers of all tenants with messages that are due or were left in the middle; for the sweeper. */
  async numbersWithWork(now: Date): Promise<{ tenantId: string; phoneNumberId: string }[]> {
    return this.db.query(
      `SELECT tenant_id AS "tenantId", phone_number_id AS "phoneNumberId" FROM door_numbers_with_work($1)`,
      [now],
    );
  }
}
