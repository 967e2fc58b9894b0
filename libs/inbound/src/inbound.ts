import { Injectable } from '@nestjs/common';
import { derivedId, firstIdAt } from '#libs/ids';
import { type Question, storableText, type Tx } from '#libs/persistence';
import { opensWindow } from '#libs/service-window';

/** One element of `messages[]` of a webhook, read far enough to be stored. */
export interface InboundMessage {
  phoneNumberId: string;
  metaMessageId: string;
  /** wa_id (digits), or the business-scoped user id where the number is hidden. */
  customer: string;
  /** The number it came from, which may differ from the wa_id; the window is open for both. */
  number?: string | undefined;
  customerName?: string | undefined;
  /** Business-scoped user id, where Meta gives it. */
  userId?: string | undefined;
  /** Group of the message; its window is that of the group. */
  groupId?: string | undefined;
  type: string;
  /** The message as Meta sent it; JSON text is stored as it is. */
  payload: object | string;
  /** Meta's timestamp (whole seconds). */
  at: Date;
}

export interface InboundRow {
  inboundId: string;
  phoneNumberId: string;
  metaMessageId: string;
  customer: string;
  customerName: string | null;
  userId: string | null;
  type: string;
  payload: Record<string, unknown>;
  at: Date;
}

/** A sign of life of a customer (or group) to a number. */
export interface Heard {
  phoneNumberId: string;
  customer: string;
  at: Date;
}

/** A number of a tenant and one who may have written to it. */
export interface Pair {
  tenantId: string;
  phoneNumberId: string;
  customer: string;
}

const COLUMNS = `m.inbound_id AS "inboundId", m.phone_number_id AS "phoneNumberId",
  m.meta_message_id AS "metaMessageId", m.customer, m.customer_name AS "customerName", m.user_id AS "userId",
  m.type, m.payload, m.at`;

/** The one writer of what customers wrote and of the windows that it opens. Everything may be said twice. */
@Injectable()
export class Inbound {
  /**
   * Stores messages, marks them as unseen by the engagement app, and opens or prolongs their service windows: three
   * statements, however many they are.
   *
   * @returns for each 'repeat' when it is stored already (nothing changes then), also by an earlier one of these
   */
  async recordAll(tx: Tx, tenantId: string, messages: readonly InboundMessage[]): Promise<('new' | 'repeat')[]> {
    if (messages.length === 0) return [];
    const ids = messages.map((m) => derivedId(m.at, m.phoneNumberId, m.metaMessageId));
    const column = <T>(pick: (m: InboundMessage) => T): T[] => messages.map(pick);
    const stored: { inboundId: string }[] = await tx.query(
      `INSERT INTO inbound_messages (tenant_id, inbound_id, phone_number_id, meta_message_id, customer, customer_name,
                                     user_id, type, payload, at)
       SELECT $1, m.inbound_id, m.phone_number_id, m.meta_message_id, m.customer, m.customer_name, m.user_id, m.type,
              m.payload::json, m.at
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::timestamptz[])
           AS m(inbound_id, phone_number_id, meta_message_id, customer, customer_name, user_id, type, payload, at)
       ON CONFLICT DO NOTHING RETURNING inbound_id AS "inboundId"`,
      [
        tenantId,
        ids,
        column((m) => m.phoneNumberId),
        column((m) => storableText(m.metaMessageId)),
        column((m) => storableText(m.customer)),
        column((m) => (m.customerName === undefined ? null : storableText(m.customerName))),
        column((m) => (m.userId === undefined ? null : storableText(m.userId))),
        column((m) => storableText(m.type)),
        column((m) => (typeof m.payload === 'string' ? m.payload : JSON.stringify(m.payload))),
        column((m) => m.at),
      ],
    );
    const fresh = new Set(stored.map((s) => s.inboundId));
    if (fresh.size > 0) {
      await tx.query('INSERT INTO inbound_unseen (tenant_id, inbound_id) SELECT $1, unnest($2::uuid[])', [
        tenantId,
        [...fresh],
      ]);
    }
    const heard: Heard[] = [];
    const hidden: { phoneNumberId: string; userId: string; at: Date }[] = [];
    const verdicts = messages.map((message, i) => {
      if (!fresh.delete(ids[i] as string)) return 'repeat';
      if (opensWindow(message.type)) {
        const who = message.groupId ? [message.groupId] : [message.customer, message.number, message.userId];
        const { phoneNumberId, userId, at } = message;
        for (const customer of who) if (customer) heard.push({ phoneNumberId, customer, at });
        if (userId && !message.groupId && message.customer === userId) hidden.push({ phoneNumberId, userId, at });
      }
      return 'new';
    });
    await this.heardFrom(tx, tenantId, [...heard, ...(await this.knownAs(tx, tenantId, hidden))]);
    return verdicts;
  }

  /**
   * The wa_id under which customers wrote before they hid their number: the tenant may answer to it, and the window is that
   * of the person (Meta, business-scoped user ids, 2026-02-18: wa_id and from may be omitted).
   */
  private async knownAs(
    tx: Tx,
    tenantId: string,
    hidden: readonly { phoneNumberId: string; userId: string; at: Date }[],
  ): Promise<Heard[]> {
    if (hidden.length === 0) return [];
    return tx.query(
      `SELECT h.phone_number_id AS "phoneNumberId", known.customer, h.at
         FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS h(phone_number_id, user_id, at), LATERAL (
           SELECT m.customer FROM inbound_messages m
            WHERE m.tenant_id = $1 AND m.user_id = h.user_id AND m.phone_number_id = h.phone_number_id
              AND m.customer <> h.user_id
            ORDER BY m.inbound_id DESC LIMIT 1) AS known`,
      [
        tenantId,
        hidden.map((h) => h.phoneNumberId),
        hidden.map((h) => storableText(h.userId)),
        hidden.map((h) => h.at),
      ],
    );
  }

  /** A customer has another name from now on, and the window that was open under the old one is open under it. */
  async renamed(
    tx: Tx,
    tenantId: string,
    renamed: readonly { phoneNumberId: string; from: string; to: string }[],
  ): Promise<void> {
    if (renamed.length === 0) return;
    const heard: Heard[] = await tx.query(
      `SELECT r.phone_number_id AS "phoneNumberId", r.new AS customer, w.last_user_message_at AS at
         FROM unnest($2::uuid[], $3::text[], $4::text[]) AS r(phone_number_id, old, new)
         JOIN service_windows w ON w.tenant_id = $1 AND w.phone_number_id = r.phone_number_id AND w.customer = r.old`,
      [tenantId, renamed.map((r) => r.phoneNumberId), renamed.map((r) => r.from), renamed.map((r) => r.to)],
    );
    await this.heardFrom(tx, tenantId, heard);
  }

  /** The same for one. */
  async record(tx: Tx, tenantId: string, message: InboundMessage): Promise<'new' | 'repeat'> {
    return (await this.recordAll(tx, tenantId, [message]))[0] as 'new' | 'repeat';
  }

  /**
   * Customers wrote or called at instants of Meta's. What arrives late never takes back a newer instant.
   */
  async heardFrom(tx: Tx, tenantId: string, heard: readonly Heard[]): Promise<void> {
    if (heard.length === 0) return;
    await tx.query(
      `INSERT INTO service_windows (tenant_id, phone_number_id, customer, last_user_message_at)
       SELECT $1, h.phone_number_id, h.customer, max(h.at)
         FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS h(phone_number_id, customer, at)
        GROUP BY h.phone_number_id, h.customer ORDER BY h.phone_number_id, h.customer
       ON CONFLICT (tenant_id, phone_number_id, customer) DO UPDATE
         SET last_user_message_at = excluded.last_user_message_at
         WHERE service_windows.last_user_message_at < excluded.last_user_message_at`,
      [tenantId, heard.map((h) => h.phoneNumberId), heard.map((h) => storableText(h.customer)), heard.map((h) => h.at)],
    );
  }

  /** When a customer (or group) last wrote to a number; undefined for never. `#libs/service-window` says what that allows. */
  async lastUserMessageAt(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    customer: string,
  ): Promise<Date | undefined> {
    const [row] = await tx.query(
      `SELECT last_user_message_at FROM service_windows
        WHERE tenant_id = $1 AND phone_number_id = $2 AND customer = $3`,
      [tenantId, phoneNumberId, customer],
    );
    return row?.last_user_message_at;
  }

  /** The same for many customers in one statement, in the order asked. */
  async lastUserMessagesAt(
    tx: Tx,
    tenantId: string,
    asked: readonly { phoneNumberId: string; customer: string }[],
  ): Promise<(Date | undefined)[]> {
    const rows: { at: Date | null }[] = await tx.query(
      `SELECT w.last_user_message_at AS at
         FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS a(phone_number_id, customer, nth)
         LEFT JOIN service_windows w
           ON w.tenant_id = $1 AND w.phone_number_id = a.phone_number_id AND w.customer = a.customer
        ORDER BY a.nth`,
      [tenantId, asked.map((a) => a.phoneNumberId), asked.map((a) => a.customer)],
    );
    return rows.map((row) => row.at ?? undefined);
  }

  /**
   * When customers of several tenants last wrote, through a door: accepting asks it for each message, in one statement with
   * whatever else it asks then. The caller names the tenant that it authenticated.
   */
  whenHeard(pairs: readonly Pair[]): Question<Date | undefined, { nth: number; at: string }> {
    return {
      sql: 'SELECT nth, last_user_message_at AS at FROM door_last_heard($1, $2, $3)',
      values: [pairs.map((p) => p.tenantId), pairs.map((p) => p.phoneNumberId), pairs.map((p) => p.customer)],
      answers: (rows) => {
        const heard: (Date | undefined)[] = pairs.map(() => undefined);
        for (const { nth, at } of rows) heard[nth - 1] = new Date(at);
        return heard;
      },
    };
  }

  /**
   * When a customer last wrote through an ad or a page button (Meta sends `referral` with the message), not before an
   * instant; undefined for never.
   */
  async lastReferralAt(
    tx: Tx,
    tenantId: string,
    { phoneNumberId, customer }: { phoneNumberId: string; customer: string },
    since: Date,
  ): Promise<Date | undefined> {
    const [row]: { at: Date }[] = await tx.query(
      `SELECT m.at FROM inbound_messages m
        WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.customer = $3 AND m.inbound_id >= $4 AND m.at >= $5
          AND m.payload -> 'referral' IS NOT NULL
        ORDER BY m.inbound_id DESC LIMIT 1`,
      [tenantId, phoneNumberId, customer, firstIdAt(new Date(since.getTime() - 1_000)), since],
    );
    return row?.at;
  }

  /**
   * Takes messages that the engagement app has not seen, oldest first. They count as seen when the caller's transaction
   * commits; one consumer per tenant at a time (its lane's lease).
   */
  async takeUnseen(tx: Tx, tenantId: string, limit: number): Promise<InboundRow[]> {
    return tx.query(
      `WITH taken AS (
         DELETE FROM inbound_unseen u
          USING (SELECT inbound_id FROM inbound_unseen WHERE tenant_id = $1 ORDER BY inbound_id LIMIT $2) AS oldest
          WHERE u.tenant_id = $1 AND u.inbound_id = oldest.inbound_id
         RETURNING u.inbound_id)
       SELECT ${COLUMNS} FROM taken JOIN inbound_messages m ON m.tenant_id = $1 AND m.inbound_id = taken.inbound_id
        ORDER BY m.inbound_id`,
      [tenantId, limit],
    );
  }

  /** What one customer wrote to us, or everyone, newest first. `before` is the inboundId where the last page ended. */
  async list(
    tx: Tx,
    tenantId: string,
    filter: { customers?: readonly string[]; phoneNumberId?: string; before?: string; limit: number },
  ): Promise<InboundRow[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM inbound_messages m
        WHERE m.tenant_id = $1
          AND ($2::text[] IS NULL OR m.customer = ANY ($2))
          AND ($3::uuid IS NULL OR m.phone_number_id = $3)
          AND ($4::uuid IS NULL OR m.inbound_id < $4)
        ORDER BY m.inbound_id DESC LIMIT $5`,
      [tenantId, filter.customers ?? null, filter.phoneNumberId ?? null, filter.before ?? null, filter.limit],
    );
  }

  /** One inbound message by Meta's id, which a tenant uses to reply, react or mark as read. */
  /** How many messages customers wrote in a half-open range of Meta's times. */
  async countBetween(tx: Tx, tenantId: string, from: Date, before: Date): Promise<number> {
    const [row]: { count: number }[] = await tx.query(
      `SELECT count(*)::int AS count FROM inbound_messages WHERE tenant_id = $1 AND inbound_id >= $2 AND inbound_id < $3`,
      [tenantId, firstIdAt(from), firstIdAt(before)],
    );
    return row?.count ?? 0;
  }

  async findByMetaId(tx: Tx, tenantId: string, metaMessageId: string): Promise<InboundRow | undefined> {
    const [row] = await tx.query(
      `SELECT ${COLUMNS} FROM inbound_messages m WHERE m.tenant_id = $1 AND m.meta_message_id = $2
        ORDER BY m.inbound_id DESC LIMIT 1`,
      [tenantId, metaMessageId],
    );
    return row;
  }
}
