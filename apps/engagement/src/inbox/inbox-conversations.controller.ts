import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { Contacts, customerKeysOf } from '#libs/contacts';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { makerOf } from '../maker-of.js';
import {
  GiveRequest,
  InboxNoteRequest,
  LabelsRequest,
  ListConversationsRequest,
  OpenConversationRequest,
  PresenceRequest,
  ReplyRequest,
} from './inbox.request.js';
import {
  InboxConversationPageResponse,
  InboxConversationResponse,
  InboxLinePageResponse,
  InboxLineResponse,
  PresenceResponse,
  ReplyResponse,
} from './inbox.response.js';
import { InboxConversations } from './inbox-conversations.js';
import { InboxDesk } from './inbox-desk.js';
import { InboxEntries } from './inbox-entries.js';
import { InboxLines } from './inbox-lines.js';
import { InboxWork } from './inbox-work.js';
import { LiveUpdates } from './live-updates.js';
import { Reply } from './reply.js';

@ApiTags('inbox')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/inbox/conversations')
export class InboxConversationsController {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly conversations: InboxConversations,
    private readonly desk: InboxDesk,
    private readonly lines: InboxLines,
    private readonly entries: InboxEntries,
    private readonly work: InboxWork,
    private readonly replies: Reply,
    private readonly live: LiveUpdates,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those in which something was written last come first. */
  @Get()
  @ApiOperation({ summary: 'List the conversations of the inbox' })
  @ApiOkResponse({ type: InboxConversationPageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor, owner, agent, team, label, unsolved }: ListConversationsRequest,
  ): Promise<InboxConversationPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const filter = { ownerKind: owner, ownerAgent: agent, teamId: team, label, unsolved };
      const page = { before: cursor, limit: PAGE_SIZE + 1 };
      const rows = await this.conversations.list(tx, tenantId, { ...filter, ...page });
      const metaIds = await this.metaIds(tx, tenantId);
      return pageOf(
        rows,
        (row) => row.lastLineId,
        (row) => InboxConversationResponse.of(row, metaIds),
      );
    });
  }

  /** Begins a conversation, or finds it: outside the service window its first message is a template. */
  @Post()
  @ApiOperation({ summary: 'Begin a conversation with a contact' })
  @ApiCreatedResponse({ type: InboxConversationResponse })
  async open(
    @TenantCaller() caller: Caller,
    @Body() request: OpenConversationRequest,
  ): Promise<InboxConversationResponse> {
    const { tenantId } = caller;
    const conversationId = await this.db.inTenant(tenantId, async (tx) => {
      const contact = await this.contacts.find(tx, tenantId, request.contact_id);
      if (!contact) throw Refusal.notFound('contact');
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const number = numbers.find((n) => n.metaPhoneNumberId === request.phone_number_id);
      if (!number) throw Refusal.notFound('number');
      const [customer] = customerKeysOf(contact.identifiers);
      if (!customer) throw Refusal.conflict('contact_id: this contact has neither a number nor a user id.');
      const who = { contactId: contact.contactId, phoneNumberId: number.phoneNumberId, customer };
      return (await this.conversations.open(tx, tenantId, who)).conversationId;
    });
    return this.one(caller, conversationId);
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a conversation' })
  @ApiOkResponse({ type: InboxConversationResponse })
  async one(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
  ): Promise<InboxConversationResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const found = await this.conversations.find(tx, tenantId, id);
      if (!found) throw Refusal.notFound('conversation');
      return InboxConversationResponse.of(found, await this.metaIds(tx, tenantId));
    });
  }

  /** Messages of both sides, notes, and who gave the conversation to whom, newest first. */
  @Get(':id/lines')
  @ApiOperation({ summary: 'Read a conversation with what only your people see' })
  @ApiOkResponse({ type: InboxLinePageResponse })
  async read(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor }: PageRequest,
  ): Promise<InboxLinePageResponse> {
    const lines = await this.lines.of(tenantId, id, { before: cursor, limit: PAGE_SIZE + 1 });
    return pageOf(
      lines,
      (line) => line.lineId,
      ({ lineId, ...line }): InboxLineResponse => ({ id: lineId, ...line }),
    );
  }

  /** The newest 1,000 lines as a text, oldest first. */
  @Get(':id/transcript')
  @ApiOperation({ summary: 'Download a transcript' })
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  async transcript(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<StreamableFile> {
    const text = await this.lines.transcript(tenantId, id);
    return new StreamableFile(Buffer.from(text), { type: 'text/plain; charset=utf-8' });
  }

  /** Sends a message. The conversation is yours from then on, so no bot speaks in it. */
  @Post(':id/messages')
  @ApiOperation({ summary: 'Answer a customer' })
  @ApiCreatedResponse({ type: ReplyResponse })
  async reply(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { text, message, seen_line_id: seenLineId, take = false }: ReplyRequest,
  ): Promise<ReplyResponse> {
    if ((text === undefined) === (message === undefined)) throw Refusal.invalid('Give either `text` or `message`.');
    const body = message ?? { type: 'text', text: { body: text } };
    const sent = await this.replies.reply(caller, id, { body, seenLineId, take });
    return { id: sent.id, line_id: sent.lineId };
  }

  /** Gives a conversation to yourself, a colleague, a team, the queue, the bot, or another system. */
  @Post(':id/give')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give a conversation to someone' })
  @ApiOkResponse({ type: InboxConversationResponse })
  async give(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: GiveRequest,
  ): Promise<InboxConversationResponse> {
    await this.desk.give(caller, id, request);
    return this.one(caller, id);
  }

  @Post(':id/notes')
  @ApiOperation({ summary: 'Write a note that the customer does not see' })
  @ApiCreatedResponse({ type: InboxLineResponse })
  async note(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { text }: InboxNoteRequest,
  ): Promise<InboxLineResponse> {
    const { tenantId } = caller;
    return this.work.on(tenantId, id, async (tx, conversation) => {
      const entry = { kind: 'note', body: { text }, madeBy: makerOf(caller) } as const;
      const { lineId, ...line } = InboxLines.ofEntry(await this.entries.add(tx, tenantId, conversation, entry));
      return { id: lineId, ...line };
    });
  }

  @Put(':id/labels')
  @ApiOperation({ summary: 'Label a conversation' })
  @ApiOkResponse({ type: InboxConversationResponse })
  async label(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: LabelsRequest,
  ): Promise<InboxConversationResponse> {
    await this.desk.label(caller, id, [...new Set(request.labels)].sort());
    return this.one(caller, id);
  }

  /** All messages of the customer are read by your people. */
  @Post(':id/read')
  @HttpCode(200)
  @ApiOperation({ summary: 'Mark a conversation as read' })
  @ApiOkResponse({ type: InboxConversationResponse })
  async markRead(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
  ): Promise<InboxConversationResponse> {
    await this.work.on(caller.tenantId, id, (tx) => this.conversations.read(tx, caller.tenantId, id));
    return this.one(caller, id);
  }

  /** Says that you look at a conversation or write in it, and hears who else does; say it again within 30 seconds. */
  @Post(':id/presence')
  @HttpCode(200)
  @ApiOperation({ summary: 'Notice colleagues in a conversation' })
  @ApiOkResponse({ type: PresenceResponse })
  async presence(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { doing }: PresenceRequest,
  ): Promise<PresenceResponse> {
    await this.one(caller, id);
    return { others: await this.live.present(caller.tenantId, id, makerOf(caller), doing, this.clock.now()) };
  }

  private async metaIds(tx: Tx, tenantId: string): Promise<Map<string, string>> {
    const numbers = await this.wabas.phoneNumbers(tx, tenantId);
    return new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
  }
}
