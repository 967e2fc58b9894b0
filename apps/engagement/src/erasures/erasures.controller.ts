import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { ErasurePage, ErasureResponse, Erasures, erasureResponse } from '#libs/privacy';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { ContactBook } from '../contacts/contact-book.js';
import { customersNamed } from '../contacts/customers-named.js';
import { makerOf } from '../maker-of.js';
import { ErasureRequest } from './erasure.request.js';

/** A merchant has a customer of its own forgotten, everywhere and for good; the admin app's worker does it. */
@ApiTags('privacy')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/erasures')
export class ErasuresController {
  constructor(
    private readonly db: Database,
    private readonly erasures: Erasures,
    private readonly book: ContactBook,
  ) {}

  /**
   * Has everything forgotten that is kept of one customer: contact, messages both ways, files, notes, orders. That messages
   * were sent, and that the customer opted out, stays without saying who it was. It cannot be undone.
   */
  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Forget a customer',
    description: 'Answers with a record; read it until `state` is no longer `waiting`. It carries the proof.',
  })
  @ApiAcceptedResponse({ type: ErasureResponse })
  async ask(@TenantCaller() caller: Caller, @Body() request: ErasureRequest): Promise<ErasureResponse> {
    const { tenantId } = caller;
    const named = await this.db.inTenant(tenantId, (tx) => customersNamed(tx, this.book, tenantId, request));
    return erasureResponse(await this.erasures.ask(tenantId, named, makerOf(caller)));
  }

  /** Requests to forget customers, by whomever, newest first. */
  @Get()
  @ApiOperation({ summary: 'List erasures' })
  @ApiOkResponse({ type: ErasurePage })
  async list(@TenantCaller() { tenantId }: Caller, @Query() request: PageRequest): Promise<ErasurePage> {
    const page = { before: request.cursor, limit: PAGE_SIZE + 1 };
    const rows = await this.db.inTenant(tenantId, (tx) => this.erasures.list(tx, tenantId, page));
    return pageOf(rows, (row) => row.id, erasureResponse);
  }

  /** How far it is, what was found where, what was changed, and what a search of every table finds now. */
  @Get(':id')
  @ApiOperation({ summary: 'See an erasure and its proof' })
  @ApiOkResponse({ type: ErasureResponse })
  async show(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<ErasureResponse> {
    const erasure = await this.db.inTenant(tenantId, (tx) => this.erasures.find(tx, tenantId, id));
    if (!erasure) throw Refusal.notFound('erasure');
    return erasureResponse(erasure);
  }
}
