import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiKeyGuard, type Caller, TenantCaller } from '#libs/tenants';
import { givenParameters } from '../graph-envelope/given-parameters.js';
import { isFields } from '../messages/problems.js';
import { SubscribeApps, type SubscribedApps } from './subscribe-apps.js';

/** Meta's way of naming a webhook for a WABA. Here it manages the tenant's own; ours with Meta is never touched. */
@ApiTags('Webhooks (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller(':wabaId/subscribed_apps')
export class SubscribedAppsController {
  constructor(private readonly apps: SubscribeApps) {}

  /** With `override_callback_uri` and `verify_token`: proves the address by the handshake, then posts events there. Without: takes it away. */
  @ApiOperation({
    summary: "Set the tenant's webhook of a WABA",
    description:
      'The address is asked first, as Meta asks: GET with `hub.mode=subscribe`, `hub.challenge` and your ' +
      '`hub.verify_token`; it answers with the challenge. Without `override_callback_uri` the webhook is taken away. ' +
      'Posts are signed with the secret of `GET /api/v1/webhooks/secret`.',
  })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: {
        override_callback_uri: { type: 'string', maxLength: 200, example: 'https://shop.example/whatsapp' },
        verify_token: { type: 'string', example: 'a-text-of-yours' },
      },
    },
  })
  @Post()
  @HttpCode(200)
  async subscribe(
    @TenantCaller() { tenantId }: Caller,
    @Param('wabaId') metaWabaId: string,
    @Query() query: Record<string, unknown>,
    @Body() body: unknown,
  ): Promise<{ success: true }> {
    const given = givenParameters(query, body);
    await this.apps.subscribe(tenantId, metaWabaId, isFields(given) ? given : {});
    return { success: true };
  }

  /** The app that serves the WABA, with the tenant's callback where there is one. */
  @ApiOperation({ summary: "Show the tenant's webhook of a WABA" })
  @Get()
  list(@TenantCaller() { tenantId }: Caller, @Param('wabaId') metaWabaId: string): Promise<SubscribedApps> {
    return this.apps.list(tenantId, metaWabaId);
  }

  /** Takes the tenant's callback away. */
  @ApiOperation({ summary: "Remove the tenant's webhook of a WABA" })
  @Delete()
  @HttpCode(200)
  async unsubscribe(
    @TenantCaller() { tenantId }: Caller,
    @Param('wabaId') metaWabaId: string,
  ): Promise<{ success: true }> {
    await this.apps.unsubscribe(tenantId, metaWabaId);
    return { success: true };
  }
}
