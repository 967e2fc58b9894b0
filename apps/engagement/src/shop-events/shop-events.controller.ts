import { Body, Controller, HttpCode, Inject, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { ShopEventRequest } from './shop-event.request.js';
import { ShopEventResponse } from './shop-event.response.js';
import { TakeShopFact } from './take-shop-fact.js';

/** Clocks of shops may be ahead by so much. */
const AHEAD_MS = 60_000;

@ApiTags('shop events')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/events')
export class ShopEventsController {
  constructor(
    private readonly db: Database,
    private readonly take: TakeShopFact,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Tells what happened in your shop; the automations that it triggers begin, and those whose goal it is end. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Tell an event of your shop' })
  @ApiOkResponse({ type: ShopEventResponse })
  async tell(@TenantCaller() { tenantId }: Caller, @Body() request: ShopEventRequest): Promise<ShopEventResponse> {
    const { id: givenId, kind, customer, subject, data = {} } = request;
    const now = this.clock.now();
    const at = request.at ? new Date(request.at) : now;
    if (at.getTime() > now.getTime() + AHEAD_MS) throw Refusal.invalid('at: has not come yet.');
    const fact = { givenId, kind, at, customer, subject, data };
    const taken = await this.db.inTenant(tenantId, (tx) => this.take.take(tx, tenantId, 'api', fact));
    if ('problem' in taken) {
      throw Refusal.invalid(`customer.phone ${taken.problem}.`, { 'customer.phone': [taken.problem] });
    }
    if ('isForgotten' in taken) {
      throw Refusal.conflict('This customer is being forgotten at this moment, so nothing of the event was kept.');
    }
    return ShopEventResponse.of(taken);
  }
}
