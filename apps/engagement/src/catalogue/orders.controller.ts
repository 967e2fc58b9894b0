import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, pageOf } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { OrdersRequest } from './catalogue.request.js';
import { OrderPageResponse, OrderResponse } from './catalogue.response.js';
import { ShopOrders } from './shop-orders.js';

@ApiTags('catalogue')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/orders')
export class OrdersController {
  constructor(
    private readonly db: Database,
    private readonly orders: ShopOrders,
  ) {}

  /** Carts that customers sent on WhatsApp, newest first. */
  @Get()
  @ApiOperation({ summary: 'List orders' })
  @ApiOkResponse({ type: OrderPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() request: OrdersRequest): Promise<OrderPageResponse> {
    const filter = { contactId: request.contact_id, before: request.cursor, limit: PAGE_SIZE + 1 };
    const rows = await this.db.inTenant(tenantId, (tx) => this.orders.list(tx, tenantId, filter));
    return pageOf(rows, (row) => row.orderId, OrderResponse.of);
  }
}
