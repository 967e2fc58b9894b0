import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, MaxLength } from 'class-validator';
import { IsInstant, MayBeAbsent, PAGE_SIZE, type Page, pageOf, SizedPageRequest } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs } from '#libs/staff';
import { AuditPageResponse } from './audit.response.js';
import { exportAudit } from './export-audit.js';
import { type AuditFilter, type AuditRow, searchAudit } from './search-audit.js';

const FORMATS = ['csv', 'jsonl'] as const;

class AuditRequest extends SizedPageRequest {
  @ApiPropertyOptional({ description: 'E-mail address, or the command' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(254)
  who?: string;
  @ApiPropertyOptional({ description: 'An action, or what its name begins with', example: 'tenant' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  action?: string;
  @ApiPropertyOptional({ example: 'staff:01a20552-f16f-7160-bf75-3cf1a336fdb2' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  object?: string;
  @ApiPropertyOptional() @MayBeAbsent() @IsUUID() tenant_id?: string;
  @ApiPropertyOptional({ description: 'From this instant on', example: '2026-11-01' })
  @MayBeAbsent()
  @IsInstant()
  from?: string;
  @ApiPropertyOptional({ description: 'Before this instant', example: '2026-12-01' })
  @MayBeAbsent()
  @IsInstant()
  to?: string;
}
class ExportRequest extends AuditRequest {
  @ApiProperty({ enum: FORMATS, description: 'csv for spreadsheets, jsonl for programs: one JSON object per line' })
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number];
}

const filterOf = (request: AuditRequest): AuditFilter => ({
  who: request.who,
  action: request.action,
  object: request.object,
  tenantId: request.tenant_id,
  from: request.from === undefined ? undefined : new Date(request.from),
  to: request.to === undefined ? undefined : new Date(request.to),
});

@ApiTags('audit')
@ApiBearerAuth()
@Controller('admin/v1/audit-log')
export class AuditController {
  constructor(private readonly db: Database) {}

  /** Who changed what, when, why and from where; newest first. */
  @Get()
  @Needs('audit.read')
  @ApiOperation({ summary: 'Search the audit log' })
  @ApiOkResponse({ type: AuditPageResponse })
  async list(@Query() request: AuditRequest): Promise<Page<AuditRow>> {
    const limit = request.limit ?? PAGE_SIZE;
    const rows = await this.db.asStaff((tx) =>
      searchAudit(tx, filterOf(request), { order: 'newest first', beyond: request.cursor, limit: limit + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.entry_id,
      (row) => row,
      limit,
    );
  }

  /** All that a search finds, oldest first, as a file. Each line holds its place and hash, so a kept file is a witness. */
  @Get('export')
  @Needs('audit.read')
  @ApiProduces('text/csv', 'application/jsonl')
  @ApiOperation({ summary: 'Export the audit log' })
  export(@Query() request: ExportRequest): StreamableFile {
    const { format } = request;
    return new StreamableFile(exportAudit(this.db, filterOf(request), format), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl',
      disposition: `attachment; filename="audit-log.${format}"`,
    });
  }
}
