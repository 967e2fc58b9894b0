import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { KeepingClient } from './kept-plans.js';
import { type Question, together } from './question.js';

/** A transaction. SQL and repositories used through it see what its scope allows and nothing else. */
export type Tx = EntityManager;

/** The provider's own rows (such as a webhook whose tenant is not known yet) belong to this tenant. */
export const PROVIDER_TENANT = '00000000-0000-0000-0000-000000000000';

/** How statements are planned: with the values at hand each time, or once for each connection. */
export type Plans = 'fresh' | 'kept';

/** One plan for all values, by keys; one that looks dear because of them is not to be compiled (JIT) on top of it. */
const KEEP_PLANS = ['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'jit = off'];

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * The only way to the database. Row-level security decides what a statement sees (docs/adr/0002); this class only says
 * for whom it runs, transaction by transaction, so it also works behind PgBouncer in transaction mode.
 */
@Injectable()
export class Database {
  constructor(private readonly source: DataSource) {}

  /**
   * Runs work in one transaction that sees only this tenant's rows; commits when it resolves, rolls back when it throws.
   *
   * @param tenantId a tenant's id, or PROVIDER_TENANT
   * @param plans    `kept` for the hot paths: statements marked with `kept` are planned once for each connection
   */
  async inTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, plans: Plans = 'fresh'): Promise<T> {
    if (!UUID.test(tenantId)) throw new Error('inTenant needs a tenant id');
    const runner = this.source.createQueryRunner();
    const connection: Partial<KeepingClient> = await runner.connect();
    try {
      connection.keepsPlans = plans === 'kept';
      const settings = plans === 'kept' ? KEEP_PLANS : [];
      await beginFor(runner, tenantId, settings, connection.keepsPlans && connection.arePlansOld?.());
      const result = await work(runner.manager);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // A connection that is lost has rolled back already; why is in the first error.
      await runner.rollbackTransaction().catch(() => {});
      throw error;
    } finally {
      connection.keepsPlans = false;
      await runner.release();
    }
  }

  /**
   * Goes on in a transaction of `inTenant` with another tenant's rows: for what the staff do to several tenants at once, all
   * of it or nothing. Only for those who may read across tenants anyway.
   */
  async goOnAs(tx: Tx, tenantId: string): Promise<void> {
    if (!UUID.test(tenantId)) throw new Error('goOnAs needs a tenant id');
    await tx.query(`SELECT set_config('paloma.tenant_id', $1, true)`, [tenantId]);
  }

  /**
   * Runs one statement outside any tenant's scope: no tenant's row is visible to it. It is for reference data and for
   * the narrow doors, the definer functions that may do one named thing across tenants.
   */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.source.query(sql, [...parameters]);
  }

  /**
   * Asks two questions to doors in one statement, outside any tenant's scope.
   *
   * @returns the answers to each
   */
  async askTogether<A, RowA, B, RowB>(one: Question<A, RowA>, other: Question<B, RowB>): Promise<[A[], B[]]> {
    const { sql, values } = together([one, other]);
    const [row] = await this.query<{ 0: RowA[] | null; 1: RowB[] | null }>(sql, values);
    return [one.answers(row?.[0] ?? []), other.answers(row?.[1] ?? [])];
  }

  /** Runs reads of the provider's staff across tenants; needs the connection of the admin app (paloma_staff). */
  async asStaff<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.source.transaction('REPEATABLE READ', work);
  }
}

/**
 * Begins a transaction and names its tenant in one round trip. `startTransaction` would take another one, and round trips
 * are most of what a small transaction costs (docs/performance.md); so TypeORM is told here what it would have noted itself,
 * by which nested transactions become savepoints.
 */
async function beginFor(
  runner: QueryRunner,
  tenantId: string,
  settings: readonly string[],
  dropPlans = false,
): Promise<void> {
  const begin = [`paloma.tenant_id = '${tenantId}'`, ...settings].map((setting) => `SET LOCAL ${setting}`);
  await runner.query(['START TRANSACTION', ...begin, ...(dropPlans ? ['DISCARD PLANS'] : [])].join('; '));
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
}

/** @throws Error when the role we are connected as could ignore row-level security */
export async function refuseMightyRole(source: DataSource): Promise<void> {
  const [role] = await source.query(
    'SELECT rolname, rolsuper OR rolbypassrls AS mighty FROM pg_roles WHERE rolname = current_user',
  );
  if (role?.mighty !== false) {
    throw new Error(
      `the database role "${role?.rolname}" can bypass row-level security; connect as a member of paloma_tenant ` +
        '(`npm run migrate` makes the roles, see docs/runbooks/database.md)',
    );
  }
}
