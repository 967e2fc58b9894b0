import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { ShopSources } from '#libs/shop-sources';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import { ShopSourceRequest } from './shop-event.request.js';
import { ShopSourcePageResponse, ShopSourceResponse } from './shop-event.response.js';

@ApiTags('shop events')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/shop-sources')
export class ShopSourcesController {
  constructor(
    private readonly db: Database,
    private readonly sources: ShopSources,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the shops that post to us' })
  @ApiOkResponse({ type: ShopSourcePageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<ShopSourcePageResponse> {
    const rows = await this.db.inTenant(tenantId, (tx) =>
      this.sources.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.sourceId, ShopSourceResponse.of);
  }

  /** Lets a shop of Shopify's or WooCommerce's post its webhooks here. */
  @Post()
  @ApiOperation({
    summary: 'Connect a shop',
    description:
      'Set the webhooks of the shop to the address of this API with the `path` of the answer. Shopify: `checkouts/create` ' +
      'and `checkouts/update`, `orders/create`, `orders/paid`, `orders/cancelled`, `fulfillments/create` and ' +
      '`fulfillments/update`. WooCommerce: `order.created` and `order.updated`.',
  })
  @ApiCreatedResponse({ type: ShopSourceResponse })
  async add(@TenantCaller() caller: Caller, @Body() request: ShopSourceRequest): Promise<ShopSourceResponse> {
    const { kind, name, secret } = request;
    const given = { kind, name, secret, madeBy: makerOf(caller) };
    const source = await this.db.inTenant(caller.tenantId, (tx) => this.sources.add(tx, caller.tenantId, given));
    return ShopSourceResponse.of(source);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Disconnect a shop' })
  @ApiNoContentResponse()
  async remove(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.sources.remove(tx, tenantId, id))) throw Refusal.notFound('shop');
    });
  }
}
