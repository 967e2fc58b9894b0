import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { CustomerMarks } from './customer-marks.js';

/** By what a customer is known; grows while more of it is found. */
export interface KnownCustomer {
  /** Digits of numbers in all their forms, and business-scoped user ids. */
  identifiers: string[];
  /** As they call themselves, or the merchant calls them. */
  names: string[];
  contactIds: string[];
}

/** Rows by table. */
export type Rows = Readonly<Record<string, number>>;

/** A request to forget a customer, and how far it is. */
export interface Erasure {
  id: string;
  /** Stands for the customer; see `CustomerMarks`. */
  customerMark: string;
  askedBy: string;
  /** `left`: all was done, and the search afterwards found the customer where nothing may be changed. */
  state: 'waiting' | 'done' | 'left';
  waitsFor: string | null;
  /** Where the customer was found before the first pass; null before it. */
  found: Rows | null;
  /** Rows that were changed or deleted, by table. */
  changed: Rows;
  /** Where the search found the customer after the last pass; null before it. */
  remains: Rows | null;
  askedAt: Date;
  doneAt: Date | null;
}

/** What must end by itself before the last pass, in words, and when to look again. */
export interface Waits {
  for: string;
  again: Date;
}

/** What one pass did. */
export interface Pass {
  customer: KnownCustomer;
  /** Undefined: it was the last one. */
  waits: Waits | undefined;
  found: Rows | undefined;
  changed: Rows;
  remains: Rows | undefined;
}

const COLUMNS = `erasure_id AS id, customer_mark AS "customerMark", asked_by AS "askedBy", state, waits_for AS "waitsFor",
  found, changed, remains, asked_at AS "askedAt", done_at AS "doneAt"`;

const LEAST_WAIT = '1 minute';
const LONGEST_WAIT = '1 hour';

const contextOf = (erasureId: string): string => `erasure:${erasureId}`;

/** Requests to forget customers; the one writer of erasures. */
@Injectable()
export class Erasures {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    private readonly marks: CustomerMarks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Asks for a customer to be forgotten; the admin worker does it.
   *
   * @param identifiers digits of a number, or a business-scoped user id; the first names the customer in the record
   * @param askedBy `staff:<e-mail>`, `user:<id>` or `key:<id>`
   */
  async ask(
    tenantId: string,
    identifiers: readonly string[],
    askedBy: string,
    also?: (tx: Tx, id: string) => Promise<void>,
  ): Promise<Erasure> {
    const [first] = identifiers;
    if (first === undefined) throw new Error('an erasure needs an identifier');
    const mark = await this.marks.of(tenantId, first);
    const now = this.clock.now();
    const id = newId(now);
    const customer: KnownCustomer = { identifiers: [...identifiers], names: [], contactIds: [] };
    return this.db.inTenant(tenantId, async (tx) => {
      const [made]: Erasure[] = await tx.query(
        `INSERT INTO erasures (tenant_id, erasure_id, customer_mark, sealed_customer, asked_by, state, due_at, asked_at)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) RETURNING ${COLUMNS}`,
        [tenantId, id, mark, this.seal(id, customer), askedBy, now],
      );
      await also?.(tx, id);
      return made as Erasure;
    });
  }

  async find(tx: Tx, tenantId: string, erasureId: string): Promise<Erasure | undefined> {
    const [erasure]: Erasure[] = await tx.query(
      `SELECT ${COLUMNS} FROM erasures WHERE tenant_id = $1 AND erasure_id = $2`,
      [tenantId, erasureId],
    );
    return erasure;
  }

  /** Newest first. `customerMark`: those of one customer, so that somebody who asks again can be told. */
  async list(
    tx: Tx,
    tenantId: string,
    page: { customerMark?: string | undefined; before?: string | undefined; limit: number },
  ): Promise<Erasure[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM erasures
        WHERE tenant_id = $1 AND ($2::text IS NULL OR customer_mark = $2) AND ($3::uuid IS NULL OR erasure_id < $3)
        ORDER BY erasure_id DESC LIMIT $4`,
      [tenantId, page.customerMark ?? null, page.before ?? null, page.limit],
    );
  }

  /** Those that are to be tried now, of all tenants; as staff. */
  async due(limit: number): Promise<{ tenantId: string; erasureId: string }[]> {
    return this.db.asStaff((tx) =>
      tx.query(
        `SELECT tenant_id AS "tenantId", erasure_id AS "erasureId" FROM erasures
          WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $2`,
        [this.clock.now(), limit],
      ),
    );
  }

  /**
   * Takes one up: its row is locked until the transaction ends.
   *
   * @returns by what the customer is known; undefined when somebody else has it or had it
   */
  async takeUp(
    tx: Tx,
    tenantId: string,
    erasureId: string,
  ): Promise<{ customer: KnownCustomer; first: boolean } | undefined> {
    const [row]: { sealed_customer: string; passes: number }[] = await tx.query(
      `SELECT sealed_customer, passes FROM erasures WHERE tenant_id = $1 AND erasure_id = $2 AND state = 'waiting'
         FOR UPDATE SKIP LOCKED`,
      [tenantId, erasureId],
    );
    if (!row) return undefined;
    const customer = JSON.parse(this.vault.open(row.sealed_customer, contextOf(erasureId))) as KnownCustomer;
    return { customer, first: row.passes === 0 };
  }

  /** Something is still on its way, and nothing was changed. */
  async waits(tx: Tx, tenantId: string, erasureId: string, customer: KnownCustomer, waits: Waits): Promise<void> {
    await tx.query(
      `UPDATE erasures SET waits_for = $3, sealed_customer = $4, due_at = $5, passes = passes + 1
        WHERE tenant_id = $1 AND erasure_id = $2 AND state = 'waiting'`,
      [tenantId, erasureId, waits.for, this.seal(erasureId, customer), waits.again],
    );
  }

  /**
   * A pass came to nothing and is tried again: as much later as it was asked for before, within bounds, so that what fails
   * again and again waits longer each time and keeps nobody else's from their turn.
   *
   * @param code of the error; never its words, which may quote whom was searched for
   */
  async failed(tenantId: string, erasureId: string, code: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `UPDATE erasures SET waits_for = $3,
                due_at = $4::timestamptz + greatest('${LEAST_WAIT}', least('${LONGEST_WAIT}', $4::timestamptz - asked_at))
          WHERE tenant_id = $1 AND erasure_id = $2 AND state = 'waiting'`,
        [tenantId, erasureId, `another try, since the last one failed (${code})`, this.clock.now()],
      ),
    );
  }

  /** Writes down what a pass did. Without anything to wait for it was the last one, and who the customer was is forgotten. */
  async passed(tx: Tx, tenantId: string, erasureId: string, pass: Pass): Promise<void> {
    const last = pass.waits === undefined;
    const state = !last ? 'waiting' : Object.keys(pass.remains ?? {}).length > 0 ? 'left' : 'done';
    await tx.query(
      `UPDATE erasures SET state = $3, waits_for = $4, sealed_customer = $5, due_at = $6, passes = passes + 1,
              found = coalesce(found, $7::jsonb), remains = $9::jsonb, done_at = $10,
              changed = (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM (
                           SELECT key, sum(value::bigint) AS total
                             FROM (SELECT * FROM jsonb_each_text(changed) UNION ALL SELECT * FROM jsonb_each_text($8::jsonb))
                               AS one GROUP BY key) AS sums)
        WHERE tenant_id = $1 AND erasure_id = $2`,
      [
        tenantId,
        erasureId,
        state,
        pass.waits?.for ?? null,
        last ? null : this.seal(erasureId, pass.customer),
        pass.waits?.again ?? this.clock.now(),
        pass.found ? JSON.stringify(pass.found) : null,
        JSON.stringify(pass.changed),
        pass.remains ? JSON.stringify(pass.remains) : null,
        last ? this.clock.now() : null,
      ],
    );
  }

  private seal(erasureId: string, customer: KnownCustomer): string {
    return this.vault.seal(JSON.stringify(customer), contextOf(erasureId));
  }
}
