import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { forgetConsents } from '#libs/consent';
import { forgetAlone } from '#libs/contacts';
import { MediaStore } from '#libs/media-store';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { CustomerMarks, Erasures, type KnownCustomer } from '#libs/privacy';
import { filesOf } from './files-of-customer.js';
import { knowCustomer } from './know-customer.js';
import { needlesOf } from './needles.js';
import { emptying, PLACES, WAITING } from './places.js';
import { searchEverywhere, searchTables } from './search-everywhere.js';
import { settledBefore, whatWaits } from './what-waits.js';

/**
 * Forgets a customer of one tenant, in passes. The first and the last read all tables to see where the customer is, and empty
 * every place of what may go by then; those in between only look whether something is still on its way.
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
    const begun = await this.db.inTenant(tenantId, (tx) => this.begin(tx, tenantId, erasureId));
    if (!begun) return;
    // Bytes go before the rows that say whose they are: who dies in between finds them again.
    for (const mediaId of begun.files) await this.media.remove(tenantId, mediaId);
    // Who died while a file was removed took the row that says whose the bytes are, and left the bytes.
    await this.media.sweep(tenantId);
    await this.db.inTenant(tenantId, async (tx) => {
      const taken = await this.erasures.takeUp(tx, tenantId, erasureId);
      if (!taken) return;
      const now = this.clock.now();
      const known = await knowCustomer(tx, tenantId, taken.customer);
      await forgetAlone(tx, tenantId, known.identifiers.map(lineOf));
      // What was under way until now may have told more.
      const customer = await knowCustomer(tx, tenantId, known);
      const needles = needlesOf(customer.identifiers);
      // A message that came meanwhile names another file: the next pass begins with it, before the message goes.
      if ((await filesOf(tx, tenantId, customer)).length > 0) return;

      const changed = await this.empty(tx, tenantId, erasureId, customer, now);
      await this.emptyRawEvents(tx, tenantId, customer, now);
      const waits = await whatWaits(tx, { tenantId, ...customer, needles, now });
      const remains = waits ? undefined : await lookEverywhere(tx, tenantId, needles);
      await this.erasures.passed(tx, tenantId, erasureId, { customer, waits, found: begun.found, changed, remains });
    });
  }

  /**
   * @returns the customer's files, and of a first pass where they are found before anything is touched; undefined when there is
   *   nothing to be done at this time
   */
  private async begin(
    tx: Tx,
    tenantId: string,
    erasureId: string,
  ): Promise<{ files: string[]; found: Record<string, number> | undefined } | undefined> {
    const taken = await this.erasures.takeUp(tx, tenantId, erasureId);
    if (!taken) return undefined;
    const customer = await knowCustomer(tx, tenantId, taken.customer);
    const needles = needlesOf(customer.identifiers);
    const waits = taken.first
      ? undefined
      : await whatWaits(tx, { tenantId, ...customer, needles, now: this.clock.now() });
    if (waits) {
      await this.erasures.waits(tx, tenantId, erasureId, customer, waits);
      return undefined;
    }
    return {
      files: await filesOf(tx, tenantId, customer),
      found: taken.first ? await lookEverywhere(tx, tenantId, needles) : undefined,
    };
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

  /** What Meta told before the tenant had its number is the provider's, and may name the customer as well. */
  private async emptyRawEvents(tx: Tx, tenantId: string, customer: KnownCustomer, now: Date): Promise<void> {
    await this.db.goOnAs(tx, PROVIDER_TENANT);
    for (const place of PLACES.filter((p) => p.table === 'meta_events')) {
      await tx.query(emptying(place), parametersOf(PROVIDER_TENANT, customer, '', now));
    }
    await this.db.goOnAs(tx, tenantId);
  }
}

/** Where the customer is, rows by table; the provider's raw events are counted with the tenant's. */
async function lookEverywhere(tx: Tx, tenantId: string, needles: readonly string[]): Promise<Record<string, number>> {
  const found = await searchEverywhere(tx, tenantId, needles);
  const { meta_events: raw = 0 } = await searchTables(tx, PROVIDER_TENANT, ['meta_events'], needles);
  return raw === 0 ? found : { ...found, meta_events: (found.meta_events ?? 0) + raw };
}

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
