import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { timezoneAt, Wabas } from '#libs/wabas';
import { zoneClock } from '../rating/local-time.js';
import { storedTerms } from './read-terms.js';
import { nameOf, PASS_THROUGH, type PlanInForce, type PlanTerms } from './terms.js';

/** A version of a plan in the catalogue. */
export interface PlanVersion {
  readonly plan: string;
  readonly version: number;
  readonly terms: PlanTerms;
  readonly note: string;
  readonly madeBy: string;
  readonly createdAt: Date;
}
/** A tenant was put on a plan. */
export interface Assignment {
  readonly assignmentId: string;
  readonly fromDay: string;
  readonly plan: string;
  readonly version: number;
  readonly assignedBy: string;
  readonly assignedAt: Date;
}

/** The plans that a tenant has been and will be on; asked by day. */
export class PlanCalendar {
  private readonly byDay = new Map<string, PlanInForce>();

  /** @param rows oldest first by day, then by when they were made */
  constructor(
    private readonly rows: readonly (Pick<Assignment, 'fromDay' | 'plan' | 'version'> & { terms: PlanTerms })[],
  ) {}

  /** The first day on which the tenant is on a plan; undefined for one that never was put on any. */
  get firstDay(): string | undefined {
    return this.rows[0]?.fromDay;
  }

  /** The plan in force on a local day: of the assignments whose day has come the latest; pass-through before the first. */
  on(day: string): PlanInForce {
    const known = this.byDay.get(day);
    if (known) return known;
    const come = this.rows.filter((row) => row.fromDay <= day);
    const last = come.at(-1);
    const found = last
      ? { ...last, since: come.find((row) => row.plan === last.plan)?.fromDay ?? last.fromDay }
      : PASS_THROUGH;
    this.byDay.set(day, found);
    return found;
  }

  /**
   * The version that a charge of a day names (`pass_through/1`), whatever the tenant was put on since; undefined for one that
   * the tenant was not on.
   */
  named(name: string, day: string): PlanInForce | undefined {
    if (name === nameOf(PASS_THROUGH)) return PASS_THROUGH;
    const come = this.rows.filter((row) => row.fromDay <= day);
    const row = come.find((one) => nameOf(one) === name);
    return row && { ...row, since: come.find((one) => one.plan === row.plan)?.fromDay ?? row.fromDay };
  }
}

/**
 * The one writer of plans and of who is on which. Versions and assignments are only added: what was billed names its
 * version and stays as it is.
 */
@Injectable()
export class Plans {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All plans that a tenant is, was and will be on. */
  async calendar(tx: Tx, tenantId: string): Promise<PlanCalendar> {
    const rows: { fromDay: string; plan: string; version: number; terms: Partial<PlanTerms> }[] = await tx.query(
      `SELECT t.from_day::text AS "fromDay", t.plan, t.version, v.terms FROM tenant_plans t
         JOIN plan_versions v ON v.plan = t.plan AND v.version = t.version
        WHERE t.tenant_id = $1 ORDER BY t.from_day, t.assignment_id`,
      [tenantId],
    );
    return new PlanCalendar(rows.map((row) => ({ ...row, terms: storedTerms(row.terms) })));
  }

  /**
   * Adds a version to a plan (the first makes the plan). Tenants stay on the version they are on.
   *
   * @param also what is done in the same transaction, such as an entry in the audit log
   */
  async addVersion(
    plan: string,
    terms: PlanTerms,
    by: { who: string; note: string },
    also: (tx: Tx, made: PlanVersion) => Promise<void> = async () => {},
  ): Promise<PlanVersion> {
    if (plan === PASS_THROUGH.plan)
      throw Refusal.conflict('pass_through is built in and adds nothing; take another name.');
    const createdAt = this.clock.now();
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const [row]: { version: number }[] = await tx.query(
        `INSERT INTO plan_versions (plan, version, terms, note, made_by, created_at)
         SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM plan_versions WHERE plan = $1
         ON CONFLICT DO NOTHING RETURNING version`,
        [plan, JSON.stringify(terms), by.note, by.who, createdAt],
      );
      if (!row) throw Refusal.conflict('Someone else added a version at the same moment. Look at it and try again.');
      const made = { plan, version: row.version, terms, note: by.note, madeBy: by.who, createdAt };
      await also(tx, made);
      return made;
    });
  }

  /** Every version of every plan, newest version first. */
  async versions(): Promise<PlanVersion[]> {
    const rows = await this.db.query<Omit<PlanVersion, 'terms'> & { terms: Partial<PlanTerms> }>(
      `SELECT plan, version, terms, note, made_by AS "madeBy", created_at AS "createdAt" FROM plan_versions
        ORDER BY plan, version DESC`,
    );
    return rows.map((row) => ({ ...row, terms: storedTerms(row.terms) }));
  }

  /**
   * Puts a tenant on a version of a plan from a day on.
   *
   * @param fromDay not before today in the zone of its WABAs that is furthest ahead: days that are past were priced
   * @throws Refusal for a version that does not exist, or a day that is past
   */
  async assign(
    tx: Tx,
    tenantId: string,
    wish: { plan: string; version: number; fromDay: string },
    who: string,
  ): Promise<Assignment> {
    const assignedAt = this.clock.now();
    const zones = (await this.wabas.wabas(tx, tenantId)).map((waba) => timezoneAt(waba, assignedAt));
    const today = latestToday(zones, assignedAt);
    if (wish.fromDay < today) {
      throw Refusal.invalid(`from_day is past: messages of that day were priced. Today is ${today} for this tenant.`);
    }
    const known: unknown[] = await tx.query('SELECT 1 FROM plan_versions WHERE plan = $1 AND version = $2', [
      wish.plan,
      wish.version,
    ]);
    if (known.length === 0) throw Refusal.notFound('version of a plan');
    const assignmentId = newId(assignedAt);
    await tx.query(
      `INSERT INTO tenant_plans (tenant_id, assignment_id, from_day, plan, version, assigned_by, assigned_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tenantId, assignmentId, wish.fromDay, wish.plan, wish.version, who, assignedAt],
    );
    return { assignmentId, ...wish, assignedBy: who, assignedAt };
  }

  /** Who put the tenant on which plan from when, newest first. */
  async assignments(tx: Tx, tenantId: string): Promise<Assignment[]> {
    return tx.query(
      `SELECT assignment_id AS "assignmentId", from_day::text AS "fromDay", plan, version, assigned_by AS "assignedBy",
              assigned_at AS "assignedAt"
         FROM tenant_plans WHERE tenant_id = $1 ORDER BY from_day DESC, assignment_id DESC`,
      [tenantId],
    );
  }
}

/** The latest day that it is anywhere where messages of a tenant are priced; of one without WABAs the day in UTC. */
export const latestToday = (zones: readonly string[], now: Date): string =>
  (zones.length > 0 ? zones : ['UTC'])
    .map((zone) => zoneClock(zone).dayAt(now.getTime()).day)
    .reduce((a, b) => (a > b ? a : b));
