import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, StreamableFile, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CLOCK, type Clock } from '#libs/clock';
import { isYetToCome } from '#libs/consent';
import { csvCell, PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import { ImportQuery } from './contact-import.request.js';
import { ContactImportPageResponse, ContactImportResponse } from './contact-import.response.js';
import { type ContactImport, ContactImports } from './contact-imports.js';
import { CsvBody } from './csv-bodies.js';
import { ExportContacts } from './export-contacts.js';
import { ReceiveImport } from './receive-import.js';

const REFUSALS_AT_ONCE = 5_000;

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/contacts')
export class ContactImportsController {
  constructor(
    private readonly db: Database,
    private readonly imports: ContactImports,
    private readonly receiveImport: ReceiveImport,
    private readonly exports: ExportContacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Takes a CSV file of any length in; its rows become contacts in the background, in pieces, and nothing is taken twice. */
  @Post('imports')
  @HttpCode(202)
  @ApiOperation({ summary: 'Import contacts from a CSV file' })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string', example: 'phone,name,tags\n+5215512345678,Ana,vip\n' } })
  @ApiAcceptedResponse({ type: ContactImportResponse })
  async receive(
    @TenantCaller() caller: Caller,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
  ): Promise<ContactImportResponse> {
    const { tenantId } = caller;
    const { body } = request;
    if (!(body instanceof CsvBody)) {
      throw new Refusal(415, 'unsupported_media_type', 'Send the file as the body, with content-type text/csv.');
    }
    const { name, country, columns = {}, tags = [] } = query;
    const consent = consentOf(query, this.clock.now());
    const importId = await this.receiveImport.receive(tenantId, body.bytes, {
      name,
      country,
      columns,
      tags,
      consent,
      madeBy: makerOf(caller),
    });
    return this.db.inTenant(tenantId, async (tx) => ContactImportResponse.of(await this.find(tx, tenantId, importId)));
  }

  /** Your imports, newest first. */
  @Get('imports')
  @ApiOperation({ summary: 'List imports' })
  @ApiOkResponse({ type: ContactImportPageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor }: PageRequest,
  ): Promise<ContactImportPageResponse> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.imports.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.importId, ContactImportResponse.of);
  }

  /** How far an import is. */
  @Get('imports/:id')
  @ApiOperation({ summary: 'See an import' })
  @ApiOkResponse({ type: ContactImportResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<ContactImportResponse> {
    return this.db.inTenant(tenantId, async (tx) => ContactImportResponse.of(await this.find(tx, tenantId, id)));
  }

  /** Every row that was refused, with the reason, as CSV: row, reason, and the row as it was. */
  @Get('imports/:id/refusals')
  @ApiOperation({ summary: 'Download the rows that an import refused' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async refusals(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    await this.db.inTenant(tenantId, (tx) => this.find(tx, tenantId, id));
    return csvFile(this.refusalLines(tenantId, id), 'refusals.csv');
  }

  /** Stops an import; what it took in stays. */
  @Post('imports/:id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel an import' })
  @ApiOkResponse({ type: ContactImportResponse })
  async cancel(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
  ): Promise<ContactImportResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { state } = await this.find(tx, tenantId, id);
      if (!(await this.imports.move(tx, tenantId, id, 'cancelled'))) throw Refusal.conflict(`This import is ${state}.`);
      return ContactImportResponse.of(await this.find(tx, tenantId, id));
    });
  }

  /** All your contacts as CSV, each with what holds of its consent and since when, in a form that an import takes again. */
  @Get('export')
  @ApiOperation({ summary: 'Export contacts' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  export(@TenantCaller() { tenantId }: Caller): StreamableFile {
    return csvFile(this.exports.csv(tenantId), 'contacts.csv');
  }

  private async find(tx: Tx, tenantId: string, importId: string): Promise<ContactImport> {
    const found = await this.imports.find(tx, tenantId, importId);
    if (!found) throw Refusal.notFound('import');
    return found;
  }

  private async *refusalLines(tenantId: string, importId: string): AsyncGenerator<string> {
    yield 'row,reason,content\r\n';
    for (let after = -1; ; ) {
      const rows = await this.imports.refusals(tenantId, importId, after, REFUSALS_AT_ONCE);
      if (rows.length > 0) {
        yield rows.map(({ row, reason, content }) => `${row},${csvCell(reason)},${csvCell(content)}\r\n`).join('');
      }
      if (rows.length < REFUSALS_AT_ONCE) return;
      after = rows.at(-1)?.row ?? after;
    }
  }
}

/** The head of the answer is written with the file: a refusal has its own. */
const csvFile = (lines: AsyncIterable<string>, name: string): StreamableFile =>
  new StreamableFile(Readable.from(lines), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}"`,
  });

function consentOf({ consent_purpose: purpose, consent_wording: wording, consent_at: at }: ImportQuery, now: Date) {
  if (purpose === undefined) return undefined;
  if (wording === undefined || at === undefined) {
    throw Refusal.invalid('consent_purpose: needs consent_wording and consent_at, which are the proof of it.');
  }
  if (isYetToCome(new Date(at), now)) throw Refusal.invalid('consent_at: is yet to come.');
  return { purpose, wording, at };
}
