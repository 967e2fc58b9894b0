import { Body, Controller, Get, HttpCode, Param, ParseEnumPipe, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, type Page, pageOf } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, Staff, type StaffCaller } from '#libs/staff';
import { type CauseCount, causesOfParked, findParked, type ParkedItem } from './find-parked.js';
import { HandleParked, type ParkedHandled } from './handle-parked.js';
import { listParked, type Parked } from './list-parked.js';
import { HandleParkedRequest, ParkedListRequest, ParkedRequest } from './parked.request.js';
import { CausesResponse, ParkedHandledResponse, ParkedPageResponse } from './parked.response.js';
import { PARKED_KINDS, type ParkedAction, type ParkedKind } from './parked-kinds.js';

const KINDS = Object.fromEntries(PARKED_KINDS.map((kind) => [kind, kind]));

@ApiTags('parked')
@ApiBearerAuth()
@Controller('admin/v1/parked')
export class ParkedController {
  constructor(
    private readonly db: Database,
    private readonly handle: HandleParked,
  ) {}

  /** Everything that waits for a person, across tenants, newest first, each with its reason. */
  @Get()
  @Needs('parked.read')
  @ApiOperation({ summary: 'See what is parked' })
  async list(@Query() request: ParkedRequest): Promise<Parked> {
    return this.db.asStaff((tx) => listParked(tx, request.tenant_id));
  }

  /** How many there are of each kind and cause. */
  @Get('causes')
  @Needs('parked.read')
  @ApiOperation({ summary: 'Count what is parked by cause' })
  @ApiOkResponse({ type: CausesResponse })
  async causes(@Query() request: ParkedRequest): Promise<{ data: CauseCount[] }> {
    return { data: await this.db.asStaff((tx) => causesOfParked(tx, PARKED_KINDS, request.tenant_id)) };
  }

  /** Parked items of one kind, newest first. */
  @Get(':kind')
  @Needs('parked.read')
  @ApiParam({ name: 'kind', enum: PARKED_KINDS })
  @ApiOperation({ summary: 'List what is parked of one kind' })
  @ApiOkResponse({ type: ParkedPageResponse })
  async ofKind(
    @Param('kind', new ParseEnumPipe(KINDS)) kind: ParkedKind,
    @Query() request: ParkedListRequest,
  ): Promise<Page<ParkedItem>> {
    const [id, sub] = request.cursor?.split('_') ?? [];
    const after = id && sub ? { id, sub } : undefined;
    const filter = { cause: request.cause, tenantId: request.tenant_id };
    const rows = await this.db.asStaff((tx) => findParked(tx, kind, filter, { after, limit: PAGE_SIZE + 1 }));
    return pageOf(
      rows,
      (row) => `${row.id}_${row.sub}`,
      (row) => row,
    );
  }

  /** Tries them again: events of Meta are applied, posts posted, facts rated. Messages are never sent again by staff. */
  @Post(':kind/retry')
  @HttpCode(200)
  @Needs('parked.retry')
  @ApiParam({ name: 'kind', enum: PARKED_KINDS })
  @ApiOperation({ summary: 'Try parked items again' })
  @ApiOkResponse({ type: ParkedHandledResponse })
  retry(
    @Param('kind', new ParseEnumPipe(KINDS)) kind: ParkedKind,
    @Body() request: HandleParkedRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ParkedHandled> {
    return this.act(kind, 'retry', request, staff);
  }

  /** Takes them off the board: messages fail and their tenants are told, events and posts are left as they are. */
  @Post(':kind/discard')
  @HttpCode(200)
  @Needs('parked.discard')
  @ApiParam({ name: 'kind', enum: PARKED_KINDS })
  @ApiOperation({ summary: 'Give parked items up' })
  @ApiOkResponse({ type: ParkedHandledResponse })
  discard(
    @Param('kind', new ParseEnumPipe(KINDS)) kind: ParkedKind,
    @Body() request: HandleParkedRequest,
    @Staff() staff: StaffCaller,
  ): Promise<ParkedHandled> {
    return this.act(kind, 'discard', request, staff);
  }

  private act(
    kind: ParkedKind,
    action: ParkedAction,
    request: HandleParkedRequest,
    staff: StaffCaller,
  ): Promise<ParkedHandled> {
    const { cause, tenant_id: tenantId, ids, dry_run: dryRun = true, expected_count: expected, reason } = request;
    const filter = { cause, tenantId, ids };
    // Both are there when it is meant: the request was validated.
    if (dryRun || expected === undefined || reason === undefined) return this.handle.rehearse(kind, action, filter);
    return this.handle.run({ kind, action, filter, expected, reason, staff });
  }
}
