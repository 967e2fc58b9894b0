import { Body, Controller, Get, Param, ParseUUIDPipe, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import { Contacts } from '#libs/contacts';
import { PAGE_SIZE, type Page, PageRequest, pageOf, Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import {
  type ContactResponse,
  type ContactWithWindowsResponse,
  contactResponse,
  contactWithWindowsResponse,
} from './contact.response.js';
import { ServiceWindows } from './service-windows.js';

class ContactsRequest extends PageRequest {
  @ApiPropertyOptional({ description: 'Part of a name, a phone number or another identifier' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;
}

class ContactRequest {
  @ApiProperty({ type: String, nullable: true, description: 'Null: go by their own name again' })
  @ValidateIf((request: ContactRequest) => request.name !== null)
  @IsString()
  @Length(1, 200)
  name: string | null;
}

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly windows: ServiceWindows,
  ) {}

  /** Your customers, newest first. */
  @Get()
  @ApiOperation({ summary: 'Find contacts' })
  async list(@TenantCaller() { tenantId }: Caller, @Query() request: ContactsRequest): Promise<Page<ContactResponse>> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.contacts.list(tx, tenantId, { search: request.search, before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.contactId, contactResponse);
  }

  /** One customer: what they are known by, and until when they may be answered freely from each number. */
  @Get(':id')
  @ApiOperation({ summary: 'See one contact' })
  async one(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<ContactWithWindowsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const contact = await this.contacts.find(tx, tenantId, id);
      if (!contact) throw Refusal.notFound('contact');
      return contactWithWindowsResponse(contact, await this.windows.of(tx, tenantId, contact.identifiers));
    });
  }

  /** Gives a customer your name for them, which what they call themselves does not replace. */
  @Put(':id')
  @ApiOperation({ summary: 'Name a contact' })
  async rename(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { name }: ContactRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.contacts.rename(tx, tenantId, id, name);
      const contact = await this.contacts.find(tx, tenantId, id);
      if (!contact) throw Refusal.notFound('contact');
      return contactResponse(contact);
    });
  }
}
