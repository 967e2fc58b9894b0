import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Consents, type NewConsent } from '#libs/consent';
import { ContactAttributes, customerKeysOf, UpsertContacts } from '#libs/contacts';
import { csvCell } from '#libs/http';
import { Leases } from '#libs/leases';
import { LOGGER } from '#libs/observability';
import { Database, type Tx } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { inTurns } from '../in-turns.js';
import { ContactImports, type RefusedRow } from './contact-imports.js';
import { type ImportPlan, type ImportRow, readRow } from './import-plan.js';
import { parseCsv, textOf } from './parse-csv.js';

const LOOK_EVERY_MS = 1_000;
/** A file that stops coming for so long has broken off. */
const SILENCE_MS = 10 * 60_000;
/** Of a refused row, for the report. */
const LONGEST_CONTENT = 2_000;

/** Takes waiting imports in, piece by piece; whoever is killed leaves the piece to the next. */
@Injectable()
export class RunImports implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly imports: ContactImports,
    private readonly upserts: UpsertContacts,
    private readonly attributes: ContactAttributes,
    private readonly consents: Consents,
    private readonly leases: Leases,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('contact imports', LOOK_EVERY_MS, () =>
      inTurns(
        () => this.imports.open(),
        ({ tenantId, importIds }) => this.turn(tenantId, importIds),
        (err, { tenantId }) => this.logger.error({ err, tenantId }, 'imports stumbled'),
      ),
    );
  }

  /**
   * Takes the next piece of a tenant in, of the oldest of its imports that has one and that no other process is at: what a later file
   * says holds.
   *
   * @returns whether there may be more
   */
  async turn(tenantId: string, importIds: readonly string[]): Promise<boolean> {
    const silentSince = new Date(this.clock.now().getTime() - SILENCE_MS);
    for (const importId of importIds) {
      await this.imports.giveUpReceiving(tenantId, importId, silentSince);
      const lane = `contact-import:${importId}`;
      if ((await this.leases.hold(tenantId, lane, () => this.takePiece(tenantId, importId))) === true) return true;
    }
    return false;
  }

  /** @returns whether there may be more */
  async takePiece(tenantId: string, importId: string): Promise<boolean> {
    return this.db.inTenant(tenantId, async (tx) => {
      const piece = await this.imports.takePiece(tx, tenantId, importId);
      if (!piece) {
        const state = (await this.imports.find(tx, tenantId, importId))?.state;
        if (state === 'waiting') await this.imports.move(tx, tenantId, importId, 'done');
        return false;
      }
      const plan = (await this.imports.find(tx, tenantId, importId))?.plan as ImportPlan;
      const types = await this.attributes.types(tx, tenantId);
      const now = this.clock.now();
      const rows: ImportRow[] = [];
      const refused: RefusedRow[] = [];
      const read = parseCsv(textOf(piece.bytes), plan.delimiter);
      for (const [i, fields] of read.entries()) {
        if (fields.length === 0) continue;
        const outcome = readRow(fields, plan, types, now);
        if ('row' in outcome) rows.push(outcome.row);
        else {
          const content = fields.map((field) => csvCell(field.replaceAll('\0', ''))).join(',');
          refused.push({ row: piece.firstRow + i, reason: outcome.reason, content: content.slice(0, LONGEST_CONTENT) });
        }
      }
      const { created, updated } = await this.upserts.put(tx, tenantId, rows);
      await this.agree(tx, tenantId, importId, plan, rows);
      await this.imports.progress(tx, tenantId, importId, { rows: read.length, created, updated, refused });
      return true;
    });
  }

  /** What the rows say was agreed to, and that identifiers of one row are one customer's. */
  private async agree(
    tx: Tx,
    tenantId: string,
    importId: string,
    { consent }: ImportPlan,
    rows: readonly ImportRow[],
  ): Promise<void> {
    for (const { identifiers } of rows) {
      if (identifiers.length > 1) await this.consents.join(tx, tenantId, customerKeysOf(identifiers));
    }
    const said = rows.flatMap((row): NewConsent[] => {
      const customers = customerKeysOf(row.identifiers);
      if (!consent || !row.consent || customers.length === 0) return [];
      const { purpose, wording } = consent;
      const at = new Date(consent.at);
      return [{ customers, purpose, state: row.consent, at, source: 'import', wording, proof: { import: importId } }];
    });
    await this.consents.record(tx, tenantId, [...said, ...(await this.saidInRows(tx, tenantId, importId, rows))]);
  }

  /** What rows say with a time of its own, but for what holds here just so: an export that comes back is no news. */
  private async saidInRows(
    tx: Tx,
    tenantId: string,
    importId: string,
    rows: readonly ImportRow[],
  ): Promise<NewConsent[]> {
    const speaking = rows.flatMap(({ identifiers, said }) => {
      const customers = customerKeysOf(identifiers);
      return said && customers.length > 0 ? [{ customers, said }] : [];
    });
    const held = await this.consents.standingsOf(
      tx,
      tenantId,
      speaking.map(({ customers }) => customers),
    );
    return speaking.flatMap(({ customers, said }, i) =>
      said.flatMap(({ purpose, state, at, source, wording }): NewConsent[] => {
        const known = held[i]?.get(purpose);
        if (known?.state === state && known.at.toISOString() === at) return [];
        const proof = { import: importId, ...(source === undefined ? {} : { source }) };
        const fact = `import ${customers.join(' ')}`;
        return [{ customers, purpose, state, at: new Date(at), source: 'import', wording, proof, fact }];
      }),
    );
  }
}
