import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt } from '#libs/ids';
import { compare, parseDecimal } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import type { Estimates } from './estimate.js';

/** A tenant's wallet. Amounts are decimal strings in its currency. */
export interface Wallet {
  readonly currency: string;
  /** 0 is prepaid; otherwise how far the balance may go below zero. */
  readonly creditLimit: string;
  readonly balance: string;
  /** For messages on their way. */
  readonly held: string;
  /** `balance - held + creditLimit`: what may still be spent. */
  readonly available: string;
  /** What marketing and utility messages leave for what must go out: one-time codes and replies. */
  readonly marketingReserve: string;
  readonly utilityReserve: string;
  /** The tenant is told when its balance falls to one of these. */
  readonly alertLevels: readonly string[];
}

/** What the tenant sets itself. */
export type WalletSettings = Partial<Pick<Wallet, 'marketingReserve' | 'utilityReserve' | 'alertLevels'>>;

/** The balance after a movement, and the alert levels that it fell to or below by it. */
export interface Captured {
  readonly balance: string;
  readonly currency: string;
  readonly fellTo: readonly string[];
}

/** Meta keeps a message that is not delivered for 30 days at most (Meta, "Time-to-live", December 2025); a day of grace. */
const HELD_FOR_MS = 31 * 86_400_000;

const COLUMNS = `currency, credit_limit::text AS "creditLimit", balance::text, held::text,
  (balance - held + credit_limit)::text AS available, marketing_reserve::text AS "marketingReserve",
  utility_reserve::text AS "utilityReserve", alert_levels::text[] AS "alertLevels"`;

/** The one writer of wallets, of the end of holds, and of what is held for a message. */
@Injectable()
export class Wallets {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(tx: Tx, tenantId: string): Promise<Wallet | undefined> {
    const [row]: Wallet[] = await tx.query(`SELECT ${COLUMNS} FROM wallets WHERE tenant_id = $1`, [tenantId]);
    return row;
  }

  /**
   * Opens a wallet, or changes how far it may go below zero. Its currency never changes.
   *
   * @returns undefined when the tenant has a wallet in another currency
   */
  async open(tx: Tx, tenantId: string, wish: { currency: string; creditLimit: string }): Promise<Wallet | undefined> {
    const rows: Wallet[] = await tx.query(
      `INSERT INTO wallets AS w (tenant_id, currency, credit_limit, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id) DO UPDATE SET credit_limit = excluded.credit_limit WHERE w.currency = excluded.currency
       RETURNING ${COLUMNS}`,
      [tenantId, wish.currency, wish.creditLimit, this.clock.now()],
    );
    return rows[0];
  }

  /** @returns undefined when the tenant has no wallet */
  async change(tx: Tx, tenantId: string, wish: WalletSettings): Promise<Wallet | undefined> {
    await tx.query(
      `UPDATE wallets SET marketing_reserve = coalesce($2, marketing_reserve),
              utility_reserve = coalesce($3, utility_reserve), alert_levels = coalesce($4::numeric[], alert_levels)
        WHERE tenant_id = $1`,
      [tenantId, wish.marketingReserve ?? null, wish.utilityReserve ?? null, wish.alertLevels ?? null],
    );
    return this.find(tx, tenantId);
  }

  /**
   * Moves the balance: more for money that came in, less for a charge or a fee. What is owed is owed, so a movement may take
   * the balance below the limit; only messages that are about to be accepted are refused.
   *
   * @param amount a decimal string, negative for less
   */
  move(tx: Tx, tenantId: string, amount: string): Promise<Captured | undefined> {
    return this.settle(tx, tenantId, [], amount);
  }

  /**
   * Takes what messages cost off the balance and ends their holds, in the transaction that charges them.
   *
   * @param messageIds all that were charged, also those that cost nothing
   * @param cost       what they cost together in the wallet's currency
   */
  capture(tx: Tx, tenantId: string, messageIds: readonly string[], cost: string): Promise<Captured | undefined> {
    return this.settle(tx, tenantId, messageIds, cost.startsWith('-') ? cost.slice(1) : `-${cost}`);
  }

  private async settle(
    tx: Tx,
    tenantId: string,
    messageIds: readonly string[],
    amount: string,
  ): Promise<Captured | undefined> {
    const [[row]]: [{ balance: string; before: string; currency: string; levels: string[] }[], number] = await tx.query(
      `WITH gone AS (
         DELETE FROM wallet_holds WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) RETURNING amount)
       UPDATE wallets SET balance = balance + $3::numeric, held = held - coalesce((SELECT sum(amount) FROM gone), 0)
        WHERE tenant_id = $1
       RETURNING balance::text, (balance - $3::numeric)::text AS before, currency, alert_levels::text[] AS levels`,
      [tenantId, messageIds, amount],
    );
    if (!row) return undefined;
    const [now, before] = [parseDecimal(row.balance), parseDecimal(row.before)];
    const fellTo = row.levels.filter((level) => {
      const at = parseDecimal(level);
      return compare(before, at) > 0 && compare(now, at) <= 0;
    });
    return { balance: row.balance, currency: row.currency, fellTo };
  }

  /** Gives back what was held for messages that will not be delivered; @returns how many, `limit` when there may be more */
  async giveBack(tx: Tx, tenantId: string, limit = 5_000): Promise<number> {
    const gone: { messageId: string }[] = await tx.query(
      `SELECT message_id AS "messageId" FROM wallet_holds WHERE tenant_id = $1 AND ended LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [tenantId, limit],
    );
    if (gone.length === 0) return 0;
    await this.settle(
      tx,
      tenantId,
      gone.map((row) => row.messageId),
      '0',
    );
    return gone.length;
  }

  /** Ends the holds of messages that nobody will deliver any more: Meta gave up, and did not say so. */
  async endOldHolds(tx: Tx, tenantId: string): Promise<void> {
    await tx.query('UPDATE wallet_holds SET ended = true WHERE tenant_id = $1 AND message_id < $2 AND NOT ended', [
      tenantId,
      firstIdAt(new Date(this.clock.now().getTime() - HELD_FOR_MS)),
    ]);
  }

  /** Ends all holds of a tenant that is erased, whose wallet stays: what is delivered after all is charged without. As staff. */
  async endAllHolds(tx: Tx, tenantId: string): Promise<void> {
    await tx.query('UPDATE wallet_holds SET ended = true WHERE tenant_id = $1 AND NOT ended', [tenantId]);
  }

  /** Says what is held for messages of a WABA from now on. */
  async estimate(tx: Tx, tenantId: string, wabaId: string, prices: Estimates): Promise<void> {
    await tx.query(
      `INSERT INTO wallet_estimates AS e (tenant_id, waba_id, prices, made_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, waba_id) DO UPDATE SET prices = excluded.prices, made_at = excluded.made_at
        WHERE e.prices <> excluded.prices`,
      [tenantId, wabaId, JSON.stringify(prices), this.clock.now()],
    );
  }

  /** Tenants with a wallet, or only those with holds to be given back; for the periodic looks. */
  async tenants(which: 'all' | 'with ended holds'): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>('SELECT door_wallet_tenants($1) AS id', [which !== 'all']);
    return rows.map((row) => row.id);
  }
}
