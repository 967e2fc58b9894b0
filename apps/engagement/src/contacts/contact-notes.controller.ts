import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { type ContactNote, ContactNotes } from '#libs/contacts';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { timeOfId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import { ContactBook } from './contact-book.js';

class NoteRequest {
  @ApiProperty({ maxLength: 4_000 })
  @IsString()
  @Length(1, 4_000)
  text: string;
}

class NoteResponse {
  @ApiProperty() id: string;
  @ApiProperty() text: string;
  @ApiProperty({ description: '`user:id` or `key:id`' }) made_by: string;
  @ApiProperty() made_at: Date;

  static of({ noteId, text, madeBy }: ContactNote): NoteResponse {
    return { id: noteId, text, made_by: madeBy, made_at: timeOfId(noteId) };
  }
}

class NotePageResponse {
  @ApiProperty({ type: [NoteResponse] }) data: NoteResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/contacts/:id/notes')
export class ContactNotesController {
  constructor(
    private readonly db: Database,
    private readonly book: ContactBook,
    private readonly notes: ContactNotes,
  ) {}

  /** What your people wrote about a customer, newest first. Customers never see it. */
  @Get()
  @ApiOperation({ summary: 'Read the notes about a contact' })
  @ApiOkResponse({ type: NotePageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor }: PageRequest,
  ): Promise<NotePageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const { contactId } = await this.book.find(tx, tenantId, id);
      const rows = await this.notes.list(tx, tenantId, contactId, { before: cursor, limit: PAGE_SIZE + 1 });
      return pageOf(rows, (row) => row.noteId, NoteResponse.of);
    });
  }

  /** Writes a note about a customer. */
  @Post()
  @ApiOperation({ summary: 'Write a note about a contact' })
  @ApiCreatedResponse({ type: NoteResponse })
  async add(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { text }: NoteRequest,
  ): Promise<NoteResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const { contactId } = await this.book.find(tx, tenantId, id);
      return NoteResponse.of(await this.notes.add(tx, tenantId, contactId, { text, madeBy: makerOf(caller) }));
    });
  }

  /** Takes a note away. */
  @Delete(':noteId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a note' })
  @ApiNoContentResponse()
  async remove(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('noteId', UuidPipe) noteId: string,
  ): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      const { contactId } = await this.book.find(tx, tenantId, id);
      if (!(await this.notes.remove(tx, tenantId, contactId, noteId))) throw Refusal.notFound('note');
    });
  }
}
