import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Contacts } from '#libs/contacts';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import type { MessageStatus } from '#libs/message-status';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { Conversations } from './conversations.js';

interface LineResponse {
  /** As on the messaging API: reply or react with it. */
  id: string;
  direction: 'in' | 'out';
  at: Date;
  /** Meta's id of your number. */
  phone_number_id: string | null;
  type: string;
  content: unknown;
  status?: MessageStatus;
}

@ApiTags('conversations')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/conversations')
export class ConversationsController {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly conversations: Conversations,
    private readonly wabas: Wabas,
  ) {}

  /** What was written between you and one customer, over all numbers, newest first. */
  @Get(':contactId')
  @ApiOperation({ summary: 'Read the conversation with a contact' })
  async read(
    @TenantCaller() { tenantId }: Caller,
    @Param('contactId', UuidPipe) contactId: string,
    @Query() { cursor }: PageRequest,
  ): Promise<Page<LineResponse>> {
    return this.db.inTenant(tenantId, async (tx) => {
      const contact = await this.contacts.find(tx, tenantId, contactId);
      if (!contact) throw Refusal.notFound('contact');
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const metaIds = new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
      const page = { before: cursor, limit: PAGE_SIZE + 1 };
      const lines = await this.conversations.of(tx, tenantId, contact.identifiers, page);
      return pageOf(
        lines,
        (line) => line.lineId,
        ({ lineId: _, messageId, phoneNumberId, ...line }) => ({
          id: messageId,
          ...line,
          phone_number_id: metaIds.get(phoneNumberId) ?? null,
        }),
      );
    });
  }
}
