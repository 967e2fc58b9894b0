import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog, auditOf, type StaffCaller } from '#libs/staff';
import { chosenFor, type ParkedFilter, type ParkedItem } from './find-parked.js';
import { MoveParked } from './move-parked.js';
import { type ParkedAction, type ParkedKind, whyNever } from './parked-kinds.js';

/** One call moves so many, and names each of them in the audit log; what is left takes another call. */
const AT_ONCE = 1_000;
const SAMPLE = 10;

export interface ParkedHandled {
  dry_run: boolean;
  /** All that the filter chooses. */
  count: number;
  /** How many the call moves, or has moved: the oldest. */
  moves: number;
  by_tenant: { tenant_id: string; count: number }[];
  /** The oldest ten. */
  sample: Omit<ParkedItem, 'about'>[];
}

/** Tries parked items again, or takes them off the board, many at once. */
@Injectable()
export class HandleParked {
  constructor(
    private readonly db: Database,
    private readonly move: MoveParked,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Says what the call would do, and does nothing. @throws Refusal 409 where it is not for staff to do */
  async rehearse(kind: ParkedKind, action: ParkedAction, filter: ParkedFilter): Promise<ParkedHandled> {
    refuseNever(kind, action);
    const chosen = await this.db.asStaff((tx) => chosenFor(tx, kind, action, filter, AT_ONCE));
    return { dry_run: true, ...shown(chosen) };
  }

  /**
   * Moves what is chosen, of all tenants or of none, in one transaction with an audit entry for each tenant.
   *
   * @param input `expected`: the `count` that the rehearsal gave
   * @throws Refusal 409 when what is parked is not what was seen any more, or where it is not for staff to do
   */
  async run(input: {
    kind: ParkedKind;
    action: ParkedAction;
    filter: ParkedFilter;
    expected: number;
    reason: string;
    staff: StaffCaller;
  }): Promise<ParkedHandled> {
    const { kind, action, filter, expected, reason, staff } = input;
    refuseNever(kind, action);
    return this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const chosen = await chosenFor(tx, kind, action, filter, AT_ONCE);
      if (chosen.count !== expected) {
        throw Refusal.conflict(`There are ${chosen.count} now, not ${expected}. Look again with a dry run.`);
      }
      const moved = byTenant(chosen.oldest);
      for (const [tenantId, items] of moved) {
        await this.db.goOnAs(tx, tenantId);
        const count = await this.move.all(tx, tenantId, kind, action, items, this.clock.now());
        if (count !== items.length)
          throw Refusal.conflict('Some of them moved on meanwhile. Look again with a dry run.');
      }
      await this.writeDown(tx, moved, { kind, action, filter, reason, staff });
      return { dry_run: false, ...shown(chosen) };
    });
  }

  /** After all else, because nobody else can add to the log from the first entry to the commit. */
  private async writeDown(
    tx: Tx,
    moved: ReadonlyMap<string, readonly Omit<ParkedItem, 'about'>[]>,
    what: { kind: ParkedKind; action: ParkedAction; filter: ParkedFilter; reason: string; staff: StaffCaller },
  ): Promise<void> {
    const { kind, action, filter, reason, staff } = what;
    for (const [tenantId, items] of moved) {
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: `parked.${action}`,
        object: `parked:${kind}`,
        ...(tenantId === PROVIDER_TENANT ? {} : { tenantId }),
        after: { count: items.length, cause: filter.cause ?? null, ids: items.map((i) => i.id) },
      });
    }
  }
}

function refuseNever(kind: ParkedKind, action: ParkedAction): void {
  const why = whyNever(kind, action);
  if (why !== undefined) throw Refusal.conflict(why);
}

function byTenant<Item extends { tenant_id: string }>(items: readonly Item[]): Map<string, Item[]> {
  const grouped = new Map<string, Item[]>();
  for (const item of items) {
    const same = grouped.get(item.tenant_id);
    if (same) same.push(item);
    else grouped.set(item.tenant_id, [item]);
  }
  return grouped;
}

const shown = ({ count, oldest }: Awaited<ReturnType<typeof chosenFor>>): Omit<ParkedHandled, 'dry_run'> => ({
  count,
  moves: oldest.length,
  by_tenant: [...byTenant(oldest)].map(([tenant_id, items]) => ({ tenant_id, count: items.length })),
  sample: oldest.slice(0, SAMPLE),
});
