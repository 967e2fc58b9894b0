import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { PAGE_SIZE, type Page, PageRequest, pageOf } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs } from '#libs/staff';
import { type AuditRow, searchAudit } from './search-audit.js';

class AuditRequest extends PageRequest {
  @ApiPropertyOptional() @IsOptional() @IsUUID() tenant_id?: string;
}

@ApiTags('audit')
@ApiBearerAuth()
@Controller('admin/v1/audit-log')
export class AuditController {
  constructor(private readonly db: Database) {}

  /** Who changed what, when, why and from where; newest first. */
  @Get()
  @Needs('audit.read')
  @ApiOperation({ summary: 'Read the audit log' })
  async list(@Query() request: AuditRequest): Promise<Page<AuditRow>> {
    const rows = await this.db.asStaff((tx) =>
      searchAudit(tx, {
        limit: PAGE_SIZE + 1,
        ...(request.tenant_id ? { tenantId: request.tenant_id } : {}),
        ...(request.cursor ? { before: request.cursor } : {}),
      }),
    );
    return pageOf(
      rows,
      (row) => row.entry_id,
      (row) => row,
    );
  }
}
