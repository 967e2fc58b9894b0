import { Body, Controller, Get, Param, Patch, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { ChangeTicketRequest, ListTicketsRequest } from './inbox.request.js';
import { TicketPageResponse, TicketResponse } from './inbox.response.js';
import { InboxDesk } from './inbox-desk.js';
import { canMoveTicket } from './ticket.js';
import { type Ticket, Tickets } from './tickets.js';

@ApiTags('inbox')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/inbox/tickets')
export class TicketsController {
  constructor(
    private readonly db: Database,
    private readonly tickets: Tickets,
    private readonly desk: InboxDesk,
  ) {}

  /** The newest first. */
  @Get()
  @ApiOperation({ summary: 'List tickets' })
  @ApiOkResponse({ type: TicketPageResponse })
  async list(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor, status, conversation }: ListTicketsRequest,
  ): Promise<TicketPageResponse> {
    const filter = { status, conversationId: conversation, before: cursor, limit: PAGE_SIZE + 1 };
    const rows = await this.db.inTenant(tenantId, (tx) => this.tickets.list(tx, tenantId, filter));
    return pageOf(rows, (row) => row.ticketId, TicketResponse.of);
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a ticket' })
  @ApiOkResponse({ type: TicketResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<TicketResponse> {
    return TicketResponse.of(await this.db.inTenant(tenantId, (tx) => this.find(tx, tenantId, id)));
  }

  /** Another status, priority (with its service times, counted from the opening) or subject. */
  @Patch(':id')
  @ApiOperation({ summary: 'Change a ticket' })
  @ApiOkResponse({ type: TicketResponse })
  async change(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: ChangeTicketRequest,
  ): Promise<TicketResponse> {
    const { tenantId } = caller;
    const { conversationId } = await this.db.inTenant(tenantId, (tx) => this.find(tx, tenantId, id));
    const judge = ({ status }: Ticket) => {
      if (request.status && !canMoveTicket(status, request.status)) {
        throw Refusal.conflict(`status: a ticket that is ${status} cannot become ${request.status}.`);
      }
    };
    const ticketOf = (tx: Tx) => this.find(tx, tenantId, id);
    return TicketResponse.of(await this.desk.changeTicket(caller, ticketOf, conversationId, request, judge));
  }

  private async find(tx: Tx, tenantId: string, id: string): Promise<Ticket> {
    const ticket = await this.tickets.find(tx, tenantId, id);
    if (!ticket) throw Refusal.notFound('ticket');
    return ticket;
  }
}
