import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Vault } from '#libs/vault';

/** How long a key is kept; after that the same key begins anew. */
export const KEPT_MS = 24 * 3_600_000;
/** A call that began and never ended may be begun again after so long: longer than any call of ours lasts. */
const CLAIM_MS = 60_000;
/** A call whose twin is under way waits for the twin's answer, asking so often, before it is told to come back. */
const ASK_AGAIN_MS = 100;
const ASK_TIMES = 80;
const FORGET_AT_ONCE = 5_000;

/** Which call of which tenant. */
export interface KeyedCall {
  tenantId: string;
  key: string;
  /** SHA-256 of method, path and body: a key stands for one call only. */
  fingerprint: Buffer;
}

interface Row {
  fingerprint: Buffer;
  answer: string | null;
  expiresAt: Date;
}

/** What was answered; the status is that of the route, which has one for success. */
export interface Answered {
  body: unknown;
}

/**
 * The calls that tenants marked with a key, and what they were answered. Only what was done is kept: a refusal changed
 * nothing, so the same call may be decided anew.
 */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly db: Database,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What this call was answered before.
   *
   * @returns undefined for a call that was not done yet, or is under way
   * @throws Refusal 409 when the key stands for another call
   */
  async answerOf(call: KeyedCall): Promise<Answered | undefined> {
    const row = await this.row(call);
    if (!row) return undefined;
    this.requireSame(call, row);
    return row.answer === null ? undefined : this.opened(call, row.answer);
  }

  /**
   * Does a call once: the first does it and keeps its answer, the others get that answer. One that fails keeps nothing.
   *
   * @throws Refusal 409 when the key stands for another call, or its twin is still under way after some seconds
   */
  async once(call: KeyedCall, work: () => Promise<unknown>): Promise<Answered> {
    const claimId = randomUUID();
    for (let asked = 0; !(await this.claim(call, claimId)); asked++) {
      const known = await this.answerOf(call);
      if (known) return known;
      if (asked >= ASK_TIMES) throw stillUnderWay();
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
    let body: unknown;
    try {
      body = await work();
    } catch (error) {
      await this.release(call, claimId);
      throw error;
    }
    await this.db.inTenant(call.tenantId, (tx) =>
      tx.query('UPDATE idempotency_keys SET answer = $4 WHERE tenant_id = $1 AND key = $2 AND claim_id = $3', [
        call.tenantId,
        call.key,
        claimId,
        this.sealed(call, body),
      ]),
    );
    return { body };
  }

  /** An answer as it is kept; it may hold a secret that is shown once. */
  sealed(call: KeyedCall, body: unknown): string {
    return this.vault.seal(JSON.stringify(body ?? null), contextOf(call));
  }

  /** Until when a call that is done now is kept. */
  keptUntil(): Date {
    return new Date(this.clock.now().getTime() + KEPT_MS);
  }

  /** Removes keys whose time is over, of all tenants. @returns how many */
  async forget(): Promise<number> {
    let total = 0;
    for (;;) {
      const [row] = await this.db.query<{ gone: number }>('SELECT door_forget_idempotency_keys($1, $2) AS gone', [
        this.clock.now(),
        FORGET_AT_ONCE,
      ]);
      total += row?.gone ?? 0;
      if ((row?.gone ?? 0) < FORGET_AT_ONCE) return total;
    }
  }

  private async claim(call: KeyedCall, claimId: string): Promise<boolean> {
    const now = this.clock.now();
    const mine: unknown[] = await this.db.inTenant(call.tenantId, (tx) =>
      tx.query(
        `INSERT INTO idempotency_keys AS held (tenant_id, key, fingerprint, claim_id, claimed_until, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, key) DO UPDATE
           SET fingerprint = excluded.fingerprint, claim_id = excluded.claim_id, claimed_until = excluded.claimed_until,
               created_at = excluded.created_at, expires_at = excluded.expires_at, answer = NULL, message_id = NULL
           WHERE held.expires_at <= $6
              OR (held.answer IS NULL AND held.claimed_until <= $6 AND held.fingerprint = excluded.fingerprint)
         RETURNING 1`,
        [
          call.tenantId,
          call.key,
          call.fingerprint,
          claimId,
          new Date(now.getTime() + CLAIM_MS),
          now,
          new Date(now.getTime() + KEPT_MS),
        ],
      ),
    );
    return mine.length > 0;
  }

  private async release({ tenantId, key }: KeyedCall, claimId: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) =>
      tx.query('DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND claim_id = $3', [
        tenantId,
        key,
        claimId,
      ]),
    );
  }

  /** The row of a key; one whose time is over is taken away, so that the key is free. */
  private row({ tenantId, key }: KeyedCall): Promise<Row | undefined> {
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      const [row]: Row[] = await tx.query(
        `SELECT fingerprint, answer, expires_at AS "expiresAt" FROM idempotency_keys WHERE tenant_id = $1 AND key = $2`,
        [tenantId, key],
      );
      if (!row || row.expiresAt > now) return row;
      await tx.query('DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND expires_at <= $3', [
        tenantId,
        key,
        now,
      ]);
      return undefined;
    });
  }

  private requireSame(call: KeyedCall, row: Row): void {
    if (row.fingerprint.equals(call.fingerprint)) return;
    throw new Refusal(
      409,
      'idempotency_conflict',
      'This Idempotency-Key was used for another call within 24 hours. Use a new key for each different call.',
    );
  }

  private opened(call: KeyedCall, answer: string): Answered {
    const body: unknown = JSON.parse(this.vault.open(answer, contextOf(call)));
    return { body: body === null ? undefined : body };
  }
}

const contextOf = ({ tenantId, key }: KeyedCall) => `idempotency:${tenantId}:${key}`;

export const stillUnderWay = () =>
  new Refusal(
    409,
    'idempotency_in_progress',
    'The call with this Idempotency-Key is still under way. Try again shortly for its answer.',
    { retryAfterSeconds: 1 },
  );
