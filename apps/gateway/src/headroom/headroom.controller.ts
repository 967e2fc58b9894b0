import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, reaches, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { type Channel, Channels } from '../channels/channels.js';
import { CustomerWindow } from './customer-window.js';
import { Headroom } from './headroom.js';
import { CustomerWindowResponse, HeadroomResponse, HeadroomsResponse } from './headroom.response.js';

const NUMBER = { name: 'phoneNumberId', description: "Meta's id of the number", example: '106540352242922' } as const;

/** What may be sent now, and to whom. */
@ApiTags('Headroom')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1')
export class HeadroomController {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly channels: Channels,
    private readonly headroom: Headroom,
    private readonly windows: CustomerWindow,
  ) {}

  /** Every number, or those that the key is for, with its messaging limit and throughput. */
  @ApiOperation({ summary: 'Headroom of all numbers' })
  @ApiOkResponse({ type: HeadroomsResponse })
  @Get('headroom')
  async all(@TenantCaller() caller: Caller): Promise<HeadroomsResponse> {
    const { tenantId } = caller;
    const numbers = await this.db.inTenant(tenantId, (tx) => this.wabas.phoneNumbers(tx, tenantId));
    const data: HeadroomResponse[] = [];
    for (const { metaPhoneNumberId } of numbers.filter((number) => reaches(caller, number))) {
      data.push(await this.headroom.of(await this.channel(tenantId, metaPhoneNumberId)));
    }
    return { data };
  }

  /** How many more customers fit into the messaging limit, when there is more room, and how fast the number goes. */
  @ApiOperation({ summary: 'Headroom of a number' })
  @ApiParam(NUMBER)
  @ApiOkResponse({ type: HeadroomResponse })
  @Get('phone-numbers/:phoneNumberId/headroom')
  async one(@TenantCaller() { tenantId }: Caller, @Param('phoneNumberId') id: string): Promise<HeadroomResponse> {
    return this.headroom.of(await this.channel(tenantId, id));
  }

  /** Until when a customer may be sent free-form messages, and whether messages are free after an ad. */
  @ApiOperation({ summary: 'Service window of a customer' })
  @ApiParam(NUMBER)
  @ApiParam({ name: 'customer', description: 'Digits of the number, a business-scoped user id, or the id of a group' })
  @ApiOkResponse({ type: CustomerWindowResponse })
  @Get('phone-numbers/:phoneNumberId/service-windows/:customer')
  async window(
    @TenantCaller() { tenantId }: Caller,
    @Param('phoneNumberId') id: string,
    @Param('customer') customer: string,
  ): Promise<CustomerWindowResponse> {
    return this.windows.of(await this.channel(tenantId, id), customer.replace(/^\+/, '').slice(0, 200));
  }

  private async channel(tenantId: string, metaPhoneNumberId: string): Promise<Channel> {
    const channel = await this.channels.byMetaId(tenantId, metaPhoneNumberId);
    if (!channel) throw Refusal.notFound('phone number');
    return channel;
  }
}
