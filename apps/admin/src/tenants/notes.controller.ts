import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { PAGE_SIZE, type Page, PageRequest, pageOf, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, Staff, type StaffCaller } from '#libs/staff';
import { type NoteRow, Notes } from './notes.js';

class NoteRequest {
  @ApiProperty({ maxLength: 4_000 }) @IsString() @Length(1, 4_000) text: string;
}

@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id/notes')
export class NotesController {
  constructor(
    private readonly db: Database,
    private readonly notes: Notes,
  ) {}

  /** What staff wrote down about a tenant, newest first; the tenant sees none of it. */
  @Get()
  @Needs('tenants.read')
  @ApiOperation({ summary: 'List notes about a tenant' })
  async list(@Param('id', UuidPipe) tenantId: string, @Query() request: PageRequest): Promise<Page<NoteRow>> {
    const rows = await this.db.asStaff((tx) =>
      this.notes.list(tx, tenantId, { before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(
      rows,
      (row) => row.id,
      (row) => row,
    );
  }

  /** Writes something down about a tenant. Notes are neither changed nor taken away. */
  @Post()
  @Needs('tenants.note')
  @ApiOperation({ summary: 'Note something about a tenant' })
  add(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { text }: NoteRequest,
    @Staff() staff: StaffCaller,
  ): Promise<NoteRow> {
    return this.notes.add(tenantId, text, staff);
  }
}
