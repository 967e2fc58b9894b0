import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Contacts } from '#libs/contacts';
import { PAGE_SIZE, pageOf, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import {
  ContactsRequest,
  EditContactRequest,
  IdentifiersRequest,
  MergeContactRequest,
  PutContactRequest,
  RenameContactRequest,
} from './contact.request.js';
import { ContactPageResponse, ContactResponse, ContactWithWindowsResponse } from './contact.response.js';
import { ContactBook } from './contact-book.js';
import { ServiceWindows } from './service-windows.js';

@ApiTags('contacts')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly book: ContactBook,
    private readonly windows: ServiceWindows,
  ) {}

  /** Your customers, newest first. */
  @Get()
  @ApiOperation({ summary: 'Find contacts' })
  @ApiOkResponse({ type: ContactPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() request: ContactsRequest): Promise<ContactPageResponse> {
    const { search, tag, cursor } = request;
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.contacts.list(tx, tenantId, { search, tag, before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.contactId, ContactResponse.of);
  }

  /** Makes a contact, or changes the one who has any of the identifiers: attributes and tags are added to those there are. */
  @Post()
  @ApiOperation({ summary: 'Add or update a contact' })
  @ApiCreatedResponse({ type: ContactResponse })
  async put(@TenantCaller() { tenantId }: Caller, @Body() request: PutContactRequest): Promise<ContactResponse> {
    const { identifiers, ...edit } = request;
    const { contact } = await this.db.inTenant(tenantId, (tx) => this.book.put(tx, tenantId, identifiers, edit));
    return ContactResponse.of(contact);
  }

  /** One customer: what is known of them, and until when they may be answered freely from each number. */
  @Get(':id')
  @ApiOperation({ summary: 'See one contact' })
  @ApiOkResponse({ type: ContactWithWindowsResponse })
  async one(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
  ): Promise<ContactWithWindowsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const contact = await this.book.find(tx, tenantId, id);
      return ContactWithWindowsResponse.with(contact, await this.windows.of(tx, tenantId, contact.identifiers));
    });
  }

  /** Gives a customer your name for them, which what they call themselves does not replace. */
  @Put(':id')
  @ApiOperation({ summary: 'Name a contact' })
  @ApiOkResponse({ type: ContactResponse })
  async rename(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { name }: RenameContactRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) =>
      ContactResponse.of(await this.book.edit(tx, tenantId, id, { name })),
    );
  }

  /** Changes what is known of a contact; what is left out stays as it is. */
  @Patch(':id')
  @ApiOperation({ summary: 'Change a contact' })
  @ApiOkResponse({ type: ContactResponse })
  async edit(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() edit: EditContactRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) => ContactResponse.of(await this.book.edit(tx, tenantId, id, edit)));
  }

  /**
   * Forgets a contact: what it is known by, notes, events of shops, runs of automations, what orders say beside what was bought.
   * What they agreed to or refused stays, so that an opt-out holds, and so do messages: `POST /api/v1/erasures` forgets all.
   */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Erase a contact' })
  @ApiNoContentResponse()
  async erase(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    await this.db.inTenant(tenantId, (tx) => this.book.erase(tx, tenantId, id));
  }

  /** Adds what else a contact is known by. */
  @Post(':id/identifiers')
  @ApiOperation({ summary: 'Add identifiers to a contact' })
  @ApiCreatedResponse({ type: ContactResponse })
  async identify(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { identifiers }: IdentifiersRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) =>
      ContactResponse.of(await this.book.addIdentifiers(tx, tenantId, id, identifiers)),
    );
  }

  /** Makes another contact part of this one: identifiers, conversation, tags, notes; where both have a value, this one's stays. */
  @Post(':id/merge')
  @HttpCode(200)
  @ApiOperation({ summary: 'Merge another contact into this one' })
  @ApiOkResponse({ type: ContactResponse })
  async merge(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) into: string,
    @Body() { contact_id: from }: MergeContactRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) =>
      ContactResponse.of(await this.book.merge(tx, tenantId, { from, into })),
    );
  }

  /** Takes some identifiers away into a contact of their own, which is answered. */
  @Post(':id/split')
  @ApiOperation({ summary: 'Split a contact' })
  @ApiCreatedResponse({ type: ContactResponse })
  async split(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { identifiers }: IdentifiersRequest,
  ): Promise<ContactResponse> {
    return this.db.inTenant(tenantId, async (tx) =>
      ContactResponse.of(await this.book.split(tx, tenantId, id, identifiers)),
    );
  }
}
