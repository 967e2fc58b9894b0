import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsObject, IsString, Length } from 'class-validator';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import type { Filter } from './filter.js';
import { type AudienceSize, type Segment, Segments } from './segments.js';

const EXAMPLE = {
  all: [
    { attribute: 'city', is: 'one_of', value: ['CDMX', 'Puebla'] },
    { any: [{ tag: 'vip' }, { did: 'bought', in_last_days: 90, at_least: 2 }] },
    { not: { consent: 'marketing', state: 'withdrawn' } },
  ],
};

class FilterRequest {
  @ApiProperty({ type: 'object', additionalProperties: true, example: EXAMPLE })
  @IsObject()
  filter: object;
}

class SegmentRequest extends FilterRequest {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  name: string;
}

class SegmentResponse {
  @ApiProperty() id: string;
  @ApiProperty() name: string;
  @ApiProperty({ type: 'object', additionalProperties: true, example: EXAMPLE }) filter: Filter;
  @ApiProperty() made_by: string;
  @ApiProperty() updated_at: Date;

  static of({ segmentId, name, filter, madeBy, updatedAt }: Segment): SegmentResponse {
    return { id: segmentId, name, filter, made_by: madeBy, updated_at: updatedAt };
  }
}

class SegmentPageResponse {
  @ApiProperty({ type: [SegmentResponse] }) data: SegmentResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

class AudienceResponse {
  @ApiProperty() contacts: number;
  @ApiProperty({ description: 'Those who have a number or a user id' }) reachable: number;
  @ApiProperty({ description: 'Of the reachable: opted out of marketing' }) opted_out: number;
  @ApiProperty({ description: 'Of the reachable: opted in to marketing' }) opted_in: number;

  static of({ contacts, reachable, optedOut, optedIn }: AudienceSize): AudienceResponse {
    return { contacts, reachable, opted_out: optedOut, opted_in: optedIn };
  }
}

@ApiTags('segments')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/segments')
export class SegmentsController {
  constructor(
    private readonly db: Database,
    private readonly segments: Segments,
  ) {}

  /** Your saved filters, newest first. */
  @Get()
  @ApiOperation({ summary: 'List segments' })
  @ApiOkResponse({ type: SegmentPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<SegmentPageResponse> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.segments.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.segmentId, SegmentResponse.of);
  }

  /** Saves a filter under a name. */
  @Post()
  @ApiOperation({
    summary: 'Save a segment',
    description:
      'A filter is a tree of `all`, `any` and `not` over conditions: `attribute` with `is` (equal, one_of, contains, begins, ' +
      'less, at_most, more, at_least, set) and `value`; `tag`; `did` (wrote, read, clicked, bought) with `in_last_days` and ' +
      '`at_least`; `consent` with `state`; `number_begins`; `name_contains`; `added_in_last_days`.',
  })
  @ApiCreatedResponse({ type: SegmentResponse })
  async add(@TenantCaller() caller: Caller, @Body() request: SegmentRequest): Promise<SegmentResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const filter = await this.segments.read(tx, tenantId, request.filter);
      const segment = await this.segments.add(tx, tenantId, { name: request.name, filter, madeBy: makerOf(caller) });
      if (!segment) throw Refusal.conflict('name: is that of another segment of yours.');
      return SegmentResponse.of(segment);
    });
  }

  /** How many contacts a filter means at this moment, before it is saved or used. */
  @Post('count')
  @HttpCode(200)
  @ApiOperation({ summary: 'Count whom a filter means' })
  @ApiOkResponse({ type: AudienceResponse })
  async countFilter(@TenantCaller() { tenantId }: Caller, @Body() request: FilterRequest): Promise<AudienceResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const filter = await this.segments.read(tx, tenantId, request.filter);
      return AudienceResponse.of(await this.segments.count(tx, tenantId, filter));
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a segment' })
  @ApiOkResponse({ type: SegmentResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<SegmentResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const segment = await this.segments.find(tx, tenantId, id);
      if (!segment) throw Refusal.notFound('segment');
      return SegmentResponse.of(segment);
    });
  }

  /** How many contacts the segment means at this moment. */
  @Get(':id/count')
  @ApiOperation({ summary: 'Count a segment' })
  @ApiOkResponse({ type: AudienceResponse })
  async count(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<AudienceResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const segment = await this.segments.find(tx, tenantId, id);
      if (!segment) throw Refusal.notFound('segment');
      const filter = await this.segments.read(tx, tenantId, segment.filter);
      return AudienceResponse.of(await this.segments.count(tx, tenantId, filter));
    });
  }

  /** Replaces the filter; what was frozen with the old one stays as it is. */
  @Put(':id')
  @ApiOperation({ summary: 'Change a segment' })
  @ApiOkResponse({ type: SegmentResponse })
  async change(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: FilterRequest,
  ): Promise<SegmentResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.segments.find(tx, tenantId, id))) throw Refusal.notFound('segment');
      const filter = await this.segments.read(tx, tenantId, request.filter);
      return SegmentResponse.of((await this.segments.change(tx, tenantId, id, filter)) as Segment);
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a segment' })
  @ApiNoContentResponse()
  async remove(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.segments.remove(tx, tenantId, id))) throw Refusal.notFound('segment');
    });
  }
}
