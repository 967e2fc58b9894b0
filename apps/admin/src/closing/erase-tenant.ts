import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type Closing, Closings, GOES, STAYS } from '#libs/closing';
import { MediaStore } from '#libs/media-store';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { AuditLog } from '#libs/staff';
import { Wallets } from '#libs/wallet';
import { emptying, endingAllThatWaits, PLACES } from '../privacy/places.js';
import { tenantTables } from '../privacy/search-everywhere.js';
import { countRows } from './count-rows.js';
import { rowsNamingCustomers } from './rows-naming-customers.js';

const DAY_MS = 86_400_000;
/** Others wait at most this long for one transaction's rows. */
const ROWS_AT_ONCE = 5_000;
const FILES_AT_ONCE = 100;
const AGAIN_AFTER_MS = 5_000;
/** What Meta has not reported by then it hardly will, and what was sent is rated by then. */
const WAITS_AT_MOST_MS = 7 * DAY_MS;

/**
 * Erases a tenant whose grace is over and that has left Meta, row by row and file by file, and counts afterwards. Each step
 * may be done twice, and what is erased is known from what is left: who dies in between is carried on from there.
 */
@Injectable()
export class EraseTenant {
  constructor(
    private readonly db: Database,
    private readonly closings: Closings,
    private readonly media: MediaStore,
    private readonly wallets: Wallets,
    private readonly audit: AuditLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Goes as far as it can; does nothing when somebody else is at it. */
  async pass(tenantId: string, closingId: string): Promise<void> {
    const closing = await this.db.inTenant(tenantId, (tx) => this.closings.takeUp(tx, tenantId, closingId));
    if (closing?.state !== 'erasing') return;
    if (!closing.found && !(await this.takeStock(closing))) return;
    if (await this.mustWait(closing)) return;
    await this.eraseFiles(closing);
    for (const { table } of GOES) await this.eraseRows(closing, table);
    await this.eraseRawEvents(tenantId);
    await this.lookAround(closing);
  }

  /**
   * What there is, and whether what stays names a customer: afterwards nobody knows who they were.
   *
   * @returns false when somebody else has done so
   */
  private async takeStock(closing: Closing): Promise<boolean> {
    const { tenantId } = closing;
    return this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.closings.keepToTakeStock(tx, closing))) return false;
      const found = await countRows(tx, tenantId, await tenantTables(tx));
      await this.closings.found(tx, closing, found, await rowsNamingCustomers(tx, tenantId, Object.keys(STAYS)));
      return true;
    });
  }

  /** Messages that wait run out at once; and billing gives back what is held, since the wallet stays and must be right. */
  private async mustWait(closing: Closing): Promise<boolean> {
    const { tenantId, closesAt } = closing;
    const now = this.clock.now();
    return this.db.inTenant(tenantId, async (tx) => {
      await tx.query(endingAllThatWaits, [tenantId, now]);
      await this.wallets.endAllHolds(tx, tenantId);
      const waits = await stillOnItsWay(tx, tenantId);
      if (!waits || now.getTime() > closesAt.getTime() + WAITS_AT_MOST_MS) return false;
      await this.closings.waits(tx, closing, waits, new Date(now.getTime() + AGAIN_AFTER_MS));
      return true;
    });
  }

  private async eraseFiles(closing: Closing): Promise<void> {
    for (;;) {
      const gone = await this.media.removeSome(closing.tenantId, FILES_AT_ONCE);
      if (gone === 0) return;
      await this.db.inTenant(closing.tenantId, (tx) => this.closings.erased(tx, closing, 'media_objects', gone));
    }
  }

  private async eraseRows(closing: Closing, table: string): Promise<void> {
    for (;;) {
      const gone = await this.db.inTenant(closing.tenantId, async (tx) => {
        const [row] = await tx.query('SELECT door_erase_rows($1, $2, $3)::int AS gone', [
          closing.tenantId,
          table,
          ROWS_AT_ONCE,
        ]);
        if (row.gone > 0) await this.closings.erased(tx, closing, table, row.gone);
        return row.gone as number;
      });
      if (gone === 0) return;
    }
  }

  /** What Meta told of its numbers before or after they were the tenant's is the provider's, and may name customers. */
  private async eraseRawEvents(tenantId: string): Promise<void> {
    const ids: { id: string }[] = await this.db.inTenant(tenantId, (tx) =>
      tx.query(
        `SELECT meta_phone_number_id AS id FROM phone_numbers WHERE tenant_id = $1
         UNION SELECT meta_waba_id FROM wabas WHERE tenant_id = $1`,
        [tenantId],
      ),
    );
    const now = this.clock.now();
    const parameters = [PROVIDER_TENANT, [], ids.map(({ id }) => `%"${id}"%`), [], '', now, now];
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      for (const place of PLACES.filter((p) => p.table === 'meta_events')) await tx.query(emptying(place), parameters);
    });
  }

  private async lookAround(closing: Closing): Promise<void> {
    const { tenantId } = closing;
    await this.db.inTenant(tenantId, async (tx) => {
      const remains = await countRows(
        tx,
        tenantId,
        (await tenantTables(tx)).filter((table) => !(table in STAYS)),
      );
      const again = new Date(this.clock.now().getTime() + AGAIN_AFTER_MS);
      if (!(await this.closings.looked(tx, closing, remains, again))) return;
      await this.audit.record(tx, {
        who: 'admin-worker',
        action: 'tenant.erased',
        object: `tenant:${tenantId}`,
        tenantId,
        after: { closing: closing.id },
        reason: `the grace ended on ${closing.closesAt.toISOString()}`,
      });
    });
  }
}

async function stillOnItsWay(tx: Tx, tenantId: string): Promise<string | undefined> {
  const [{ messages, charges, holds }] = await tx.query(
    `SELECT EXISTS (SELECT FROM messages WHERE tenant_id = $1 AND status IN ('accepted', 'sending', 'unknown')) AS messages,
            EXISTS (SELECT FROM usage_facts WHERE tenant_id = $1 AND status = 'new') AS charges,
            EXISTS (SELECT FROM wallet_holds WHERE tenant_id = $1) AS holds`,
    [tenantId],
  );
  const waits = [
    messages && 'messages on their way',
    charges && 'deliveries that are not rated yet',
    holds && 'amounts that the wallet holds',
  ].filter(Boolean);
  return waits.length > 0 ? waits.join(', ') : undefined;
}
