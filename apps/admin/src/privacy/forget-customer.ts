import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { forgetConsents } from '#libs/consent';
import { MediaStore } from '#libs/media-store';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { CustomerMarks, Erasures, type KnownCustomer } from '#libs/privacy';
import { filesOf } from './files-of-customer.js';
import { knowCustomer } from './know-customer.js';
import { needlesOf } from './needles.js';
import { emptying, PLACES, WAITING } from './places.js';
import { searchEverywhere } from './search-everywhere.js';
import { waitsFor } from './what-waits.js';

/** After so long without a report, a message that Meta took is hardly reported on any more. */
const SETTLED_AFTER_MS = 24 * 3_600_000;
/** How often it is tried while something is still on its way. */
const AGAIN_AFTER_MS = 60_000;

/**
 * Forgets a customer of one tenant, in passes: each empties every place of what may go by then, and the last one, when
 * nothing is on its way any more, reads all tables once more to see that nothing is left.
 */
@Injectable()
export class ForgetCustomer {
  constructor(
    private readonly db: Database,
    private readonly erasures: Erasures,
    private readonly marks: CustomerMarks,
    private readonly media: MediaStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One pass over one request; does nothing when somebody else is at it. */
  async pass(tenantId: string, erasureId: string): Promise<void> {
    // Bytes go before the rows that say whose they are: who dies in between finds them again.
    const found = await this.forgetFiles(tenantId, erasureId);
    const done = await this.db.inTenant(tenantId, async (tx) => {
      const taken = await this.erasures.takeUp(tx, tenantId, erasureId);
      if (!taken) return undefined;
      const now = this.clock.now();
      const customer = await knowCustomer(tx, tenantId, taken.customer);
      const needles = needlesOf(customer.identifiers);

      const changed = await this.empty(tx, tenantId, erasureId, customer, now);
      const waits = await waitsFor(tx, { tenantId, ...customer, needles, settledBefore: settledBefore(now) });
      const remains = waits ? undefined : await searchEverywhere(tx, tenantId, needles);
      const pass = { customer, waitsFor: waits, found, changed, remains };
      await this.erasures.passed(tx, tenantId, erasureId, pass, new Date(now.getTime() + AGAIN_AFTER_MS));
      return customer;
    });
    // What Meta told before the tenant had its number is the provider's, and may name the customer as well.
    if (done) await this.db.inTenant(PROVIDER_TENANT, (tx) => this.emptyRawEvents(tx, done));
  }

  /** @returns where the customer is found before anything is touched, of a first pass */
  private async forgetFiles(tenantId: string, erasureId: string): Promise<Record<string, number> | undefined> {
    const begun = await this.db.inTenant(tenantId, async (tx) => {
      const taken = await this.erasures.takeUp(tx, tenantId, erasureId);
      if (!taken) return undefined;
      const customer = await knowCustomer(tx, tenantId, taken.customer);
      const needles = needlesOf(customer.identifiers);
      return {
        files: await filesOf(tx, tenantId, customer),
        found: taken.first ? await searchEverywhere(tx, tenantId, needles) : undefined,
      };
    });
    for (const mediaId of begun?.files ?? []) await this.media.remove(tenantId, mediaId);
    return begun?.found;
  }

  /** @returns rows by table that were changed or deleted */
  private async empty(
    tx: Tx,
    tenantId: string,
    erasureId: string,
    customer: KnownCustomer,
    now: Date,
  ): Promise<Record<string, number>> {
    const changed: Record<string, number> = {};
    const parameters = parametersOf(tenantId, customer, `~${erasureId}`, now);
    await tx.query(emptying(WAITING), parameters);
    for (const place of PLACES) {
      const [, rows] = await tx.query(emptying(place), parameters);
      if (rows > 0) changed[place.table] = (changed[place.table] ?? 0) + rows;
    }
    const lines = [...new Set(customer.identifiers.map(lineOf))];
    const marks = await Promise.all(lines.map((line) => this.marks.of(tenantId, line)));
    const consents = await forgetConsents(tx, tenantId, lines, marks);
    if (consents > 0) changed.consent_records = consents;
    return changed;
  }

  private async emptyRawEvents(tx: Tx, customer: KnownCustomer): Promise<void> {
    for (const place of PLACES.filter((p) => p.table === 'meta_events')) {
      await tx.query(emptying(place), parametersOf(PROVIDER_TENANT, customer, '', this.clock.now()));
    }
  }
}

const settledBefore = (now: Date): Date => new Date(now.getTime() - SETTLED_AFTER_MS);

/** As `PARAMETERS` names them. */
const parametersOf = (tenantId: string, customer: KnownCustomer, standIn: string, now: Date): unknown[] => [
  tenantId,
  customer.identifiers,
  needlesOf(customer.identifiers),
  customer.contactIds,
  standIn,
  settledBefore(now),
  now,
];
