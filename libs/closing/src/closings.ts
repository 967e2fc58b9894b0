import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { TenantStatus } from '#libs/tenants';

/**
 * grace: it may be undone; leaving: its accounts are taken off at Meta; erasing: rows and files go; closed: nothing is left
 * but the books.
 */
export type ClosingState = 'grace' | 'undone' | 'leaving' | 'erasing' | 'closed';

/** Rows by table. */
export type Rows = Readonly<Record<string, number>>;

/** Something that was done at Meta. */
export interface LeavingStep {
  did: 'deregister' | 'unsubscribe';
  /** Meta's id of the number or account. */
  of: string;
  /** `refused`: Meta said no, and no wait helps; `given_up`: it could not be done in all the tries. */
  outcome: 'done' | 'not_needed' | 'refused' | 'given_up';
  said?: string;
  at: string;
}

export interface Closing {
  id: string;
  tenantId: string;
  state: ClosingState;
  stood: TenantStatus;
  askedBy: string;
  askedAt: Date;
  closesAt: Date;
  undoneAt: Date | null;
  steps: LeavingStep[];
  attempts: number;
  waitsFor: string | null;
  found: Rows | null;
  naming: Rows | null;
  erased: Rows;
  remains: Rows | null;
  closedAt: Date | null;
}

const COLUMNS = `closing_id AS id, tenant_id AS "tenantId", state, stood, asked_by AS "askedBy", asked_at AS "askedAt",
  closes_at AS "closesAt", undone_at AS "undoneAt", steps, attempts, waits_for AS "waitsFor", found, naming, erased, remains,
  closed_at AS "closedAt"`;

/** Whoever works at a closing says so, so that nobody else does; one who died is waited for no longer than this. */
const HELD_MS = 60_000;

/** The closings of tenants and how far they are; the one writer of closings. */
@Injectable()
export class Closings {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins one in the caller's transaction, which has the tenant's row locked. As staff. */
  async begin(
    tx: Tx,
    tenantId: string,
    { stood, askedBy, closesAt }: Pick<Closing, 'stood' | 'askedBy' | 'closesAt'>,
  ): Promise<Closing> {
    const now = this.clock.now();
    const [made]: Closing[] = await tx.query(
      `INSERT INTO closings (tenant_id, closing_id, state, stood, asked_by, asked_at, closes_at, due_at)
       VALUES ($1, $2, 'grace', $3, $4, $5, $6, $6) RETURNING ${COLUMNS}`,
      [tenantId, newId(now), stood, askedBy, now, closesAt],
    );
    return made as Closing;
  }

  /** The newest closing of a tenant, also one that was undone; undefined when there never was one. */
  async newest(tx: Tx, tenantId: string): Promise<Closing | undefined> {
    const [closing]: Closing[] = await tx.query(
      `SELECT ${COLUMNS} FROM closings WHERE tenant_id = $1 ORDER BY closing_id DESC LIMIT 1`,
      [tenantId],
    );
    return closing;
  }

  /** Undoes the one that is in its grace. As staff. @returns undefined when there is none: it is too late, or was never begun */
  async undo(tx: Tx, tenantId: string): Promise<Closing | undefined> {
    const [[undone]]: [Closing[], number] = await tx.query(
      `UPDATE closings SET state = 'undone', undone_at = $2
        WHERE tenant_id = $1 AND state = 'grace' AND closes_at > $2 RETURNING ${COLUMNS}`,
      [tenantId, this.clock.now()],
    );
    return undone;
  }

  /** Those of all tenants whose grace is over and whose accounts are still at Meta. As the merchants' apps. */
  async toLeave(): Promise<{ tenantId: string; closingId: string }[]> {
    return this.db.query('SELECT tenant_id AS "tenantId", closing_id AS "closingId" FROM door_closings_to_leave($1)', [
      this.clock.now(),
    ]);
  }

  /** Those of all tenants whose owners are still to be written to: that it began, or was undone. As the merchants' apps. */
  async toWriteOf(): Promise<{ tenantId: string; closingId: string }[]> {
    return this.db.query(
      'SELECT tenant_id AS "tenantId", closing_id AS "closingId" FROM door_closings_to_write_of($1)',
      [this.clock.now()],
    );
  }

  /** Marks that the owners are written to of the state it is in. @returns undefined when they were already */
  async writeOf(tx: Tx, tenantId: string, closingId: string): Promise<Closing | undefined> {
    const [[closing]]: [Closing[], number] = await tx.query(
      `UPDATE closings SET written_of = state
        WHERE tenant_id = $1 AND closing_id = $2
          AND ((state = 'grace' AND written_of IS NULL) OR (state = 'undone' AND written_of = 'grace'))
       RETURNING ${COLUMNS}`,
      [tenantId, closingId],
    );
    return closing;
  }

  /** Those of all tenants of which something is to be erased now. As staff. */
  async toErase(): Promise<{ tenantId: string; closingId: string }[]> {
    return this.db.asStaff((tx) =>
      tx.query(
        `SELECT tenant_id AS "tenantId", closing_id AS "closingId" FROM closings
          WHERE state = 'erasing' AND due_at <= $1 ORDER BY due_at LIMIT 5`,
        [this.clock.now()],
      ),
    );
  }

  /**
   * Takes one up that is due, for a minute.
   *
   * @returns undefined when it is not due, or somebody else has it: for their minute, or for as long as their transaction takes
   */
  async takeUp(tx: Tx, tenantId: string, closingId: string): Promise<Closing | undefined> {
    const now = this.clock.now();
    const [[taken]]: [Closing[], number] = await tx.query(
      `UPDATE closings SET due_at = $4, state = CASE state WHEN 'grace' THEN 'leaving' ELSE state END
        WHERE tenant_id = $1 AND closing_id IN (
          SELECT closing_id FROM closings
           WHERE tenant_id = $1 AND closing_id = $2 AND state IN ('grace', 'leaving', 'erasing') AND due_at <= $3
             FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [tenantId, closingId, now, this.heldUntil()],
    );
    return taken;
  }

  /** Keeps what was done at Meta. @param next when to go on; 'erasing': there is nothing more to do there */
  async left(
    tx: Tx,
    { tenantId, id }: Pick<Closing, 'tenantId' | 'id'>,
    steps: readonly LeavingStep[],
    next: Date | 'erasing',
  ): Promise<void> {
    const [state, dueAt] = next === 'erasing' ? ['erasing', this.clock.now()] : ['leaving', next];
    await tx.query(
      `UPDATE closings SET steps = $3, state = $4, due_at = $5, attempts = CASE $4 WHEN 'erasing' THEN 0 ELSE attempts + 1 END
        WHERE tenant_id = $1 AND closing_id = $2 AND state = 'leaving'`,
      [tenantId, id, JSON.stringify(steps), state, dueAt],
    );
  }

  /**
   * Keeps one for as long as the caller's transaction takes, however long it counts. As staff.
   *
   * @returns false when it is known already what was there: somebody else was quicker, and may be erasing it
   */
  async keepToTakeStock(tx: Tx, { tenantId, id }: Closing): Promise<boolean> {
    const kept: unknown[] = await tx.query(
      `SELECT FROM closings WHERE tenant_id = $1 AND closing_id = $2 AND state = 'erasing' AND found IS NULL FOR UPDATE`,
      [tenantId, id],
    );
    return kept.length > 0;
  }

  /** Keeps what was there before anything was erased, once, and the hold on it. As staff. */
  async found(tx: Tx, { tenantId, id }: Closing, found: Rows, naming: Rows): Promise<void> {
    await tx.query(
      `UPDATE closings SET found = $3, naming = $4, due_at = $5
        WHERE tenant_id = $1 AND closing_id = $2 AND state = 'erasing' AND found IS NULL`,
      [tenantId, id, JSON.stringify(found), JSON.stringify(naming), this.heldUntil()],
    );
  }

  /** Something must end by itself first. As staff. */
  async waits(tx: Tx, { tenantId, id }: Closing, waitsFor: string, again: Date): Promise<void> {
    await tx.query('UPDATE closings SET waits_for = $3, due_at = $4 WHERE tenant_id = $1 AND closing_id = $2', [
      tenantId,
      id,
      waitsFor,
      again,
    ]);
  }

  /** Adds up what was erased, and keeps the hold on it. As staff, in the transaction that erased. */
  async erased(tx: Tx, { tenantId, id }: Closing, table: string, rows: number): Promise<void> {
    await tx.query(
      `UPDATE closings SET waits_for = NULL, due_at = $5,
              erased = erased || jsonb_build_object($3::text, coalesce((erased ->> $3)::bigint, 0) + $4::bigint)
        WHERE tenant_id = $1 AND closing_id = $2`,
      [tenantId, id, table, rows, this.heldUntil()],
    );
  }

  /** Keeps what a last look found. Where nothing remains, it is over. As staff. @returns whether it is */
  async looked(tx: Tx, { tenantId, id }: Closing, remains: Rows, again: Date): Promise<boolean> {
    const over = Object.keys(remains).length === 0;
    const now = this.clock.now();
    await tx.query(
      `UPDATE closings SET remains = $3, state = $4, closed_at = $5, due_at = $6, waits_for = NULL
        WHERE tenant_id = $1 AND closing_id = $2`,
      [tenantId, id, JSON.stringify(remains), over ? 'closed' : 'erasing', over ? now : null, over ? now : again],
    );
    return over;
  }

  private heldUntil(): Date {
    return new Date(this.clock.now().getTime() + HELD_MS);
  }
}
