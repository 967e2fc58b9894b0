import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { AskMeta } from '../numbers/ask-meta.js';
import { MoveToCloud } from './move-to-cloud.js';
import { MoveToCloudRequest, SetClientRequest } from './on-premises-client.request.js';
import { ClientResponse, clientResponse } from './on-premises-client.response.js';
import { SetClient } from './set-client.js';

/** The On-Premises client of a number; `id` is the number's id at Meta. */
@ApiTags('On-Premises')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/phone-numbers/:id/on-premises-client')
export class OnPremisesClientController {
  constructor(
    private readonly clients: SetClient,
    private readonly move: MoveToCloud,
    private readonly meta: AskMeta,
  ) {}

  /** The client of a number, how it is, and what went wrong last. Its secrets are in no answer. */
  @ApiOperation({ summary: 'Show the client' })
  @Get()
  async show(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<ClientResponse> {
    return clientResponse(await this.clients.show(tenantId, id), id);
  }

  /**
   * Sets or replaces the client that carries the number: we log in, look at its health and direct its callbacks to us.
   * Sends, media, webhooks and errors stay those of the Cloud API. 422 when it refuses the login, 502 when it does not
   * answer; nothing is changed then.
   */
  @ApiOperation({ summary: 'Set or replace the client' })
  @Put()
  async set(
    @TenantCaller() caller: Caller,
    @Param('id') id: string,
    @Body() request: SetClientRequest,
  ): Promise<ClientResponse> {
    this.meta.requireActive(caller);
    return clientResponse(await this.clients.set(caller, id, request), id);
  }

  /** Takes the client off the number, which sends nothing then until it is registered for the Cloud API. */
  @ApiOperation({ summary: 'Remove the client' })
  @Delete()
  @HttpCode(204)
  async remove(@TenantCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    this.meta.requireActive(caller);
    await this.clients.remove(caller.tenantId, id);
  }

  /**
   * Registers the number for the Cloud API with the registration of the client, so no new code is needed. Messages wait
   * meanwhile; none is lost or sent twice. Callbacks of the old client are taken for three days afterwards, about what went
   * over it. May be called again until it has succeeded.
   */
  @ApiOperation({ summary: 'Move the number to the Cloud API' })
  @Post('move-to-cloud')
  @HttpCode(200)
  async moveToCloud(
    @TenantCaller() caller: Caller,
    @Param('id') id: string,
    @Body() request: MoveToCloudRequest,
  ): Promise<ClientResponse> {
    await this.move.move(caller, id, request);
    return clientResponse(await this.clients.show(caller.tenantId, id), id);
  }
}
