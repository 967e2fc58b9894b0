import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Consents, type NewConsent } from '#libs/consent';
import { ContactAttributes, customerKeysOf, UpsertContacts } from '#libs/contacts';
import { Leases } from '#libs/leases';
import { Database, type Tx } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { ContactImports, type RefusedRow } from './contact-imports.js';
import { type ImportPlan, type ImportRow, readRow } from './import-plan.js';
import { csvField, parseCsv, textOf } from './parse-csv.js';

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
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('contact imports', LOOK_EVERY_MS, async () => {
      for (const { tenantId, importId } of await this.imports.open()) await this.run(tenantId, importId);
    });
  }

  /** Takes in what waits of an import; another process may be at it already. */
  async run(tenantId: string, importId: string): Promise<void> {
    await this.imports.giveUpReceiving(tenantId, importId, new Date(this.clock.now().getTime() - SILENCE_MS));
    await this.leases.hold(tenantId, `contact-import:${importId}`, async (stillMine) => {
      while (stillMine() && (await this.takePiece(tenantId, importId)));
    });
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
      const rows: ImportRow[] = [];
      const refused: RefusedRow[] = [];
      const read = parseCsv(textOf(piece.bytes), plan.delimiter);
      for (const [i, fields] of read.entries()) {
        if (fields.length === 0) continue;
        const outcome = readRow(fields, plan, types);
        if ('row' in outcome) rows.push(outcome.row);
        else {
          const content = fields.map(csvField).join(',').replaceAll('\0', '').slice(0, LONGEST_CONTENT);
          refused.push({ row: piece.firstRow + i, reason: outcome.reason, content });
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
    if (!consent) return;
    const said = rows.flatMap((row): NewConsent[] => {
      const customers = customerKeysOf(row.identifiers);
      if (!row.consent || customers.length === 0) return [];
      const { purpose, wording } = consent;
      const at = new Date(consent.at);
      return [{ customers, purpose, state: row.consent, at, source: 'import', wording, proof: { import: importId } }];
    });
    await this.consents.record(tx, tenantId, said);
  }
}
