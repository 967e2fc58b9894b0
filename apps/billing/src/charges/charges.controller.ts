import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Ledger, messageEntryId } from '#libs/ledger';
import { messageIdOf, newMessageRef } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { UsageFacts } from '#libs/usage';
import { Wabas } from '#libs/wabas';
import { mustBeDay } from '../local-days.js';
import { ChargeResponse, chargeResponse, metaIdsOf } from './charge.response.js';
import { ChargePageResponse, ChargesQuery, chargePage, cursorOf } from './charge-page.js';

class ChargeDetailResponse extends ChargeResponse {
  @ApiProperty({
    nullable: true,
    type: String,
    description: 'The journal entry; null for a message that costs nothing',
  })
  journal_entry: string | null;
}
class UnpricedResponse {
  @ApiProperty() message: string;
  @ApiProperty({ example: 'no_rate' }) reason: string;
  @ApiProperty() delivered_at: string;
}
class UnpricedPageResponse {
  @ApiProperty({ type: [UnpricedResponse] }) data: UnpricedResponse[];
  @ApiProperty({ nullable: true, type: String, description: 'Cursor of the next page; null on the last' })
  next: string | null;
}

@ApiTags('charges')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1')
export class ChargesController {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly facts: UsageFacts,
    private readonly wabas: Wabas,
  ) {}

  /** What the tenant was charged, message by message, oldest first; free messages are charges of 0. */
  @Get('charges')
  @ApiOperation({ summary: 'Charges by day' })
  @ApiOkResponse({ type: ChargePageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() query: ChargesQuery): Promise<ChargePageResponse> {
    const { from, to, limit } = query;
    if (from !== undefined) mustBeDay(from, 'from');
    if (to !== undefined) mustBeDay(to, 'to');
    const after = cursorOf(query.cursor);
    return this.db.inTenant(tenantId, async (tx) => {
      const page = { side: 'price', days: { from, to }, after, limit: limit + 1 } as const;
      const found = await this.ledger.listCharges(tx, tenantId, page);
      return chargePage(found, limit, metaIdsOf(await this.wabas.phoneNumbers(tx, tenantId)));
    });
  }

  /** The charge of one message, with the rate row, the rule and the journal entry. */
  @Get('charges/:message')
  @ApiOperation({ summary: 'The charge of a message' })
  @ApiOkResponse({ type: ChargeDetailResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('message') ref: string): Promise<ChargeDetailResponse> {
    const messageId = messageIdOf(ref) ?? (isId(ref) ? ref : undefined);
    if (!messageId) throw Refusal.notFound('charge');
    return this.db.inTenant(tenantId, async (tx) => {
      const charges = await this.ledger.chargesOf(tx, tenantId, messageId);
      // The youngest revision: what the message costs after corrections.
      const price = charges.filter((charge) => charge.side === 'price').at(-1);
      if (!price) throw Refusal.notFound('charge');
      const entry = await this.ledger.entry(tx, tenantId, messageEntryId(price));
      const metaIds = metaIdsOf(await this.wabas.phoneNumbers(tx, tenantId));
      return { ...chargeResponse(price, metaIds), journal_entry: entry?.entryId ?? null };
    });
  }

  /** Delivered messages that have no price yet, each with the reason, oldest first; nobody is charged for them until it is mended. */
  @Get('unpriced-messages')
  @ApiOperation({ summary: 'Delivered messages that wait for a price' })
  @ApiOkResponse({ type: UnpricedPageResponse })
  async unpriced(
    @TenantCaller() { tenantId }: Caller,
    @Query() { cursor }: PageRequest,
  ): Promise<UnpricedPageResponse> {
    const page = { after: cursor, limit: PAGE_SIZE + 1 };
    const parked = await this.db.inTenant(tenantId, (tx) => this.facts.listParked(tx, tenantId, page));
    return pageOf(
      parked,
      (fact) => fact.messageId,
      (fact) => ({
        message: newMessageRef(fact.messageId),
        reason: fact.parkedReason,
        delivered_at: fact.deliveredAt.toISOString(),
      }),
    );
  }
}
