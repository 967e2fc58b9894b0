import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { ErasurePage, ErasureResponse, Erasures, erasureResponse, Retentions } from '#libs/privacy';
import { Needs, Staff, type StaffCaller } from '#libs/staff';
import { CustomerRights } from './customer-rights.js';
import { CustomerRequest, RetentionRequest } from './privacy.request.js';
import { CustomerExportResponse, RetentionResponse } from './privacy.response.js';

@ApiTags('privacy')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id')
export class PrivacyController {
  constructor(
    private readonly db: Database,
    private readonly rights: CustomerRights,
    private readonly erasures: Erasures,
    private readonly retentions: Retentions,
  ) {}

  /** Has everything forgotten that a tenant keeps of one customer. The answer is the record that later carries the proof. */
  @Post('erasures')
  @Needs('privacy.act')
  @ApiOperation({ summary: 'Forget a customer' })
  @ApiCreatedResponse({ type: ErasureResponse })
  async forget(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { customer, reason }: CustomerRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ErasureResponse> {
    return erasureResponse(await this.rights.forget(tenantId, customer, reason, staff));
  }

  /** Requests to forget customers of a tenant, newest first. */
  @Get('erasures')
  @Needs('privacy.read')
  @ApiOperation({ summary: 'List erasures' })
  @ApiOkResponse({ type: ErasurePage })
  async list(@Param('id', UuidPipe) tenantId: string, @Query() request: PageRequest): Promise<ErasurePage> {
    const rows = await this.db.asStaff((tx) =>
      this.erasures.list(tx, tenantId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.id, erasureResponse);
  }

  /** How far it is, what was found where, what was changed, and what a search of every table finds now. */
  @Get('erasures/:erasureId')
  @Needs('privacy.read')
  @ApiOperation({ summary: 'See an erasure and its proof' })
  @ApiOkResponse({ type: ErasureResponse })
  async show(
    @Param('id', UuidPipe) tenantId: string,
    @Param('erasureId', UuidPipe) erasureId: string,
  ): Promise<ErasureResponse> {
    const erasure = await this.db.asStaff((tx) => this.erasures.find(tx, tenantId, erasureId));
    if (!erasure) throw Refusal.notFound('erasure');
    return erasureResponse(erasure);
  }

  /** Everything that a tenant keeps of one customer, for the customer. A POST, so that the number is in no access log. */
  @Post('customer-exports')
  @HttpCode(200)
  @Needs('privacy.act')
  @ApiOperation({ summary: 'Export what is kept of a customer' })
  @ApiOkResponse({ type: CustomerExportResponse })
  export(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { customer, reason }: CustomerRequest,
    @Staff() staff: StaffCaller,
  ): Promise<CustomerExportResponse> {
    return this.rights.export(tenantId, customer, reason, staff);
  }

  @Get('retention')
  @Needs('privacy.read')
  @ApiOperation({ summary: 'See how long a tenant keeps what its messages say' })
  @ApiOkResponse({ type: RetentionResponse })
  async retention(@Param('id', UuidPipe) tenantId: string): Promise<RetentionResponse> {
    return { body_days: await this.db.asStaff((tx) => this.retentions.of(tx, tenantId)) };
  }

  /** From then on the worker takes away what messages say when they are so old; that they were sent, and when, stays. */
  @Put('retention')
  @Needs('privacy.act')
  @ApiOperation({ summary: 'Say how long a tenant keeps what its messages say' })
  @ApiOkResponse({ type: RetentionResponse })
  keep(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { body_days, reason }: RetentionRequest,
    @Staff() staff: StaffCaller,
  ): Promise<RetentionResponse> {
    return this.rights.keepBodies(tenantId, body_days ?? null, reason, staff);
  }
}
