import { Injectable } from '@nestjs/common';
import { ContactAttributes } from '#libs/contacts';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { consentColumnsProblem } from './consent-columns.js';
import { ContactImports } from './contact-imports.js';
import { type CsvPiece, cutCsv, EndlessRowError } from './cut-csv.js';
import { type ImportPlan, targetsOf } from './import-plan.js';
import { delimiterOf, parseCsv, textOf } from './parse-csv.js';

/** Some four thousand rows: what a transaction takes in, and all that is in memory of a file. */
export const PIECE_SIZE = 256 * 1024;
const LARGEST_FILE = 1024 * 1024 * 1024;

/** What the sender says of a file. */
export interface ImportOrder extends Pick<ImportPlan, 'country' | 'tags' | 'consent'> {
  name?: string | undefined;
  /** What columns hold, by their names in the file. */
  columns: Readonly<Record<string, string>>;
  madeBy: string;
}

/** Takes a file in as it comes, and keeps it in pieces; its rows are taken in later, by a worker. */
@Injectable()
export class ReceiveImport {
  constructor(
    private readonly db: Database,
    private readonly imports: ContactImports,
    private readonly attributes: ContactAttributes,
  ) {}

  /**
   * @returns the import's id; all of the file is committed then
   * @throws Refusal for a file that cannot be read; nothing of it is taken in then
   */
  async receive(tenantId: string, source: AsyncIterable<Buffer>, order: ImportOrder): Promise<string> {
    let importId: string | undefined;
    let nth = 0;
    let bytes = 0;
    try {
      for await (const piece of cutCsv(source, PIECE_SIZE)) {
        bytes += piece.bytes.length;
        if (bytes > LARGEST_FILE) throw new Refusal(413, 'too_large', 'The file has more than 1 GB. Send it in parts.');
        if (importId === undefined) {
          const { plan, rest } = await this.planOf(tenantId, piece, order);
          importId = await this.imports.begin(tenantId, { name: order.name, plan, madeBy: order.madeBy });
          if (rest) await this.imports.keep(tenantId, importId, nth++, rest);
        } else await this.imports.keep(tenantId, importId, nth++, piece);
      }
      if (importId === undefined) throw Refusal.invalid('The file is empty. Its first row names the columns.');
      const received = importId;
      await this.db.inTenant(tenantId, (tx) => this.imports.move(tx, tenantId, received, 'waiting'));
      return received;
    } catch (error) {
      const refusal =
        error instanceof EndlessRowError ? Refusal.invalid(`The file cannot be read: ${error.message}.`) : error;
      if (importId !== undefined) {
        const [failed, reason] = [importId, refusal instanceof Refusal ? refusal.details : 'The file broke off.'];
        await this.db.inTenant(tenantId, (tx) => this.imports.move(tx, tenantId, failed, 'failed', reason));
      }
      throw refusal;
    }
  }

  /** The first piece begins with the header. */
  private async planOf(
    tenantId: string,
    { bytes, rows }: CsvPiece,
    { country, tags, consent, columns }: ImportOrder,
  ): Promise<{ plan: ImportPlan; rest: CsvPiece | undefined }> {
    const end = bytes.indexOf(0x0a);
    const header = textOf(end === -1 ? bytes : bytes.subarray(0, end)).replace(/\r$/, '');
    const delimiter = delimiterOf(header);
    const types = await this.db.inTenant(tenantId, (tx) => this.attributes.types(tx, tenantId));
    const read = targetsOf(parseCsv(header, delimiter)[0] ?? [], columns, types);
    if ('problem' in read) throw Refusal.invalid(`columns: ${read.problem}.`, { columns: [read.problem] });
    if (read.targets.includes('consent') && !consent) {
      const how = 'What is it about? Or let columns say that the column is "ignore".';
      throw Refusal.invalid(`consent_purpose: is required, for the file has a column of consent. ${how}`);
    }
    const problem = consentColumnsProblem(read.targets, consent);
    if (problem) throw Refusal.invalid(`columns: ${problem}.`, { columns: [problem] });
    const plan = { delimiter, targets: read.targets, country, tags, consent };
    return { plan, rest: rows > 1 ? { bytes: bytes.subarray(end + 1), firstRow: 1, rows: rows - 1 } : undefined };
  }
}
