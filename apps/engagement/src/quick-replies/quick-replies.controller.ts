import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Contacts } from '#libs/contacts';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import { QuickReplies, type QuickReply } from './quick-replies.js';
import { quickReplyMessage } from './quick-reply-message.js';

const SHORTCUT = /^[\p{Ll}\p{N}_-]{1,50}$/u;
const MEDIA = ['image', 'video', 'document'] as const;

class MediaRequest {
  @ApiProperty({ enum: MEDIA }) @IsIn(MEDIA) type: (typeof MEDIA)[number];
  @ApiPropertyOptional({ description: "Meta's id of an uploaded file" })
  @IsOptional()
  @IsString()
  @Length(1, 50)
  id?: string;
  @ApiPropertyOptional({ description: 'Instead of `id`' })
  @IsOptional()
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @MaxLength(2_000)
  link?: string;
}

class QuickReplyRequest {
  @ApiProperty({ example: 'hours', description: 'Small letters, digits, _ and -' })
  @Matches(SHORTCUT, { message: 'shortcut must be small letters, digits, _ and -' })
  shortcut: string;
  @ApiProperty({ example: 'es' })
  @Matches(/^[a-z]{2,3}(_[A-Z]{2})?$/, { message: 'language must be a code such as es or pt_BR' })
  language: string;
  // A caption is shorter than a text (Cloud API, messages); one length serves both.
  @ApiProperty({ example: 'Hi {{name}}, we are open from 9 to 18.', maxLength: 1_024 })
  @IsString()
  @Length(1, 1_024)
  text: string;
  @ApiPropertyOptional({ type: MediaRequest })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => MediaRequest)
  media?: MediaRequest;
}

class SearchRequest extends PageRequest {
  @ApiPropertyOptional({ description: 'What the shortcut begins with; the list is then in the order of the alphabet' })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  prefix?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(10) language?: string;
}

class FillRequest {
  @ApiProperty() @IsUUID() contact_id: string;
}

class QuickReplyResponse {
  @ApiProperty() id: string;
  @ApiProperty() shortcut: string;
  @ApiProperty() language: string;
  @ApiProperty() text: string;
  @ApiProperty({ type: MediaRequest, nullable: true }) media: object | null;
  @ApiProperty({ description: '`user:id` or `key:id`' }) made_by: string;
  @ApiProperty() updated_at: Date;

  static of({ quickReplyId, madeBy, updatedAt, shortcut, language, text, media }: QuickReply): QuickReplyResponse {
    return { id: quickReplyId, shortcut, language, text, media, made_by: madeBy, updated_at: updatedAt };
  }
}

class QuickReplyPageResponse {
  @ApiProperty({ type: [QuickReplyResponse] }) data: QuickReplyResponse[];
  @ApiProperty({ type: String, nullable: true }) next: string | null;
}

class FilledResponse {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As `message` of a reply in the inbox' })
  message: Record<string, unknown>;
}

@ApiTags('quick replies')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/quick-replies')
export class QuickRepliesController {
  constructor(
    private readonly db: Database,
    private readonly replies: QuickReplies,
    private readonly contacts: Contacts,
  ) {}

  /** All of them, the newest first; or those whose shortcut begins with what an agent has typed. */
  @Get()
  @ApiOperation({ summary: 'Search quick replies' })
  @ApiOkResponse({ type: QuickReplyPageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor, prefix, language }: SearchRequest,
  ): Promise<QuickReplyPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      if (prefix !== undefined || language !== undefined) {
        const found = await this.replies.search(tx, tenantId, { prefix: prefix ?? '', language, limit: PAGE_SIZE });
        return { data: found.map(QuickReplyResponse.of), next: null };
      }
      const rows = await this.replies.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 });
      return pageOf(rows, (row) => row.quickReplyId, QuickReplyResponse.of);
    });
  }

  /** Makes one, or changes the one of this shortcut and language. */
  @Put()
  @ApiOperation({ summary: 'Make or change a quick reply' })
  @ApiOkResponse({ type: QuickReplyResponse })
  async put(@TenantCaller() caller: Caller, @Body() request: QuickReplyRequest): Promise<QuickReplyResponse> {
    const { media = null, ...reply } = request;
    if (media && (media.id === undefined) === (media.link === undefined)) {
      throw Refusal.invalid('media: give either `id` or `link`.');
    }
    const { tenantId } = caller;
    const madeBy = makerOf(caller);
    return QuickReplyResponse.of(
      await this.db.inTenant(tenantId, (tx) => this.replies.put(tx, tenantId, { ...reply, media, madeBy })),
    );
  }

  /** The message as the contact would get it, to be looked at and sent by `POST …/inbox/conversations/{id}/messages`. */
  @Post(':id/fill')
  @HttpCode(200)
  @ApiOperation({ summary: 'Fill in a quick reply for a contact' })
  @ApiOkResponse({ type: FilledResponse })
  async fill(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { contact_id: contactId }: FillRequest,
  ): Promise<FilledResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const reply = await this.replies.find(tx, tenantId, id);
      if (!reply) throw Refusal.notFound('quick reply');
      const contact = await this.contacts.find(tx, tenantId, contactId);
      if (!contact) throw Refusal.notFound('contact');
      const name = contact.name ?? contact.profileName ?? '';
      return { message: quickReplyMessage(reply, { ...contact.attributes, name }) };
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a quick reply' })
  @ApiNoContentResponse()
  async remove(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.replies.remove(tx, tenantId, id))) throw Refusal.notFound('quick reply');
    });
  }
}
