import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { PAGE_SIZE, pageOf } from '#libs/http';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { ManageWebhooks } from './manage-webhooks.js';
import { ChangeWebhookRequest, CreateWebhookRequest, DeliveryLogQuery, ReplayRequest } from './webhook.request.js';
import {
  DeliveryLogResponse,
  deliveryResponse,
  ReplayResponse,
  SecretResponse,
  TestedResponse,
  WebhookResponse,
  WebhooksResponse,
} from './webhook.response.js';

const HOW_POSTS_ARRIVE = [
  "Each event is one POST in Meta's envelope, with exactly one status, message or change. Ids of messages you sent are the",
  'ids we gave you; ids of messages you received are those of Meta.',
  'X-Hub-Signature-256 is the HMAC-SHA256 of the exact bytes, keyed with the whole text of the secret; webhook-id,',
  'webhook-timestamp and webhook-signature are those of Standard Webhooks. webhook-id is the same each time an event is',
  'posted: an event may arrive twice.',
  'Answer 2xx within 10 seconds. Otherwise it is posted again at growing gaps for seven days. Posts about one customer come',
  'in the order of their events; one that failed three times lets later ones overtake it. Redirects are not followed.',
  'An endpoint that fails at every try for five days is switched off; your other endpoints get `webhook_disabled`. When it',
  'is enabled again it gets what it missed, as far back as seven days.',
].join(' ');

@ApiTags('Webhooks')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: ManageWebhooks) {}

  /** Every endpoint of the tenant. */
  @ApiOperation({ summary: 'List endpoints' })
  @ApiOkResponse({ type: WebhooksResponse })
  @Get()
  async list(@TenantCaller() { tenantId }: Caller): Promise<WebhooksResponse> {
    return { data: await this.webhooks.list(tenantId) };
  }

  /** Makes an endpoint. Its secret is in this answer and in no other. */
  @ApiOperation({ summary: 'Make an endpoint', description: HOW_POSTS_ARRIVE })
  @ApiCreatedResponse({ type: WebhookResponse })
  @Post()
  create(@TenantCaller() { tenantId }: Caller, @Body() wish: CreateWebhookRequest): Promise<WebhookResponse> {
    return this.webhooks.create(tenantId, wish);
  }

  /** The secret that signs posts to callbacks set with `subscribed_apps`: what clients of Meta call the app secret. */
  @ApiOperation({
    summary: 'Show the signing secret of Cloud API clients',
    description: 'It signs posts to callbacks that were set with `subscribed_apps` or by the paths of 360dialog.',
  })
  @ApiOkResponse({ type: SecretResponse })
  @Get('secret')
  secret(@TenantCaller() { tenantId }: Caller): Promise<SecretResponse> {
    return this.webhooks.signingSecret(tenantId);
  }

  /** One endpoint. */
  @ApiOperation({ summary: 'Show an endpoint' })
  @ApiOkResponse({ type: WebhookResponse })
  @Get(':id')
  show(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<WebhookResponse> {
    return this.webhooks.show(tenantId, id);
  }

  /** Changes what is named and lets a resting endpoint be tried at once. */
  @ApiOperation({ summary: 'Change an endpoint', description: 'Absent fields stay as they are.' })
  @ApiOkResponse({ type: WebhookResponse })
  @Patch(':id')
  change(
    @TenantCaller() { tenantId }: Caller,
    @Param('id') id: string,
    @Body() wish: ChangeWebhookRequest,
  ): Promise<WebhookResponse> {
    return this.webhooks.change(tenantId, id, wish);
  }

  /** Removes an endpoint; posts that wait for it are dead. */
  @ApiOperation({ summary: 'Remove an endpoint' })
  @Delete(':id')
  @HttpCode(204)
  remove(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<void> {
    return this.webhooks.remove(tenantId, id);
  }

  /** Makes a new secret, shown this once; for 24 h the old one signs along in `webhook-signature`. */
  @ApiOperation({
    summary: 'Rotate the secret',
    description:
      'The new one is shown this once. X-Hub-Signature-256 is made with it at once; for 24 h `webhook-signature` has one ' +
      'signature by each, so set it there before you take the old one away.',
  })
  @ApiOkResponse({ type: SecretResponse })
  @Post(':id/rotate_secret')
  @HttpCode(200)
  async rotate(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<SecretResponse> {
    return { secret: await this.webhooks.rotate(tenantId, id) };
  }

  /** Posts a signed event of field `test` at once and tells how it went. */
  @ApiOperation({
    summary: 'Test an endpoint',
    description: 'Posts a signed event of the field `test` now; the answer is all there is to know, it is in no log.',
  })
  @ApiOkResponse({ type: TestedResponse })
  @Post(':id/test')
  @HttpCode(200)
  test(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<TestedResponse> {
    return this.webhooks.test(tenantId, id);
  }

  /**
   * Posts past events once more: named ones, or all that the endpoint asks for from a time on, or those of its posts that
   * are dead. At most 10,000 in one call; `next` says that there may be more. 400 when it says nothing of which.
   */
  @ApiOperation({
    summary: 'Replay events, or posts that were given up',
    description:
      'Named ones (`event_ids`), all that the endpoint asks for since a time (`from`), or those that were given up ' +
      '(`status`: `dead`). At most 10,000 in one call: where the answer has `next`, send the same with it as `cursor`.',
  })
  @ApiAcceptedResponse({ type: ReplayResponse })
  @Post(':id/replay')
  @HttpCode(202)
  replay(
    @TenantCaller() { tenantId }: Caller,
    @Param('id') id: string,
    @Body() which: ReplayRequest,
  ): Promise<ReplayResponse> {
    return this.webhooks.replay(tenantId, id, which);
  }

  /** The log of an endpoint's posts, the newest event first. */
  @ApiOperation({ summary: 'Posts to an endpoint', description: 'The newest event first, 50 a page.' })
  @ApiOkResponse({ type: DeliveryLogResponse })
  @Get(':id/deliveries')
  async deliveries(
    @TenantCaller() { tenantId }: Caller,
    @Param('id') id: string,
    @Query() { status, cursor }: DeliveryLogQuery,
  ): Promise<DeliveryLogResponse> {
    const log = await this.webhooks.deliveries(tenantId, id, { status, before: cursor, limit: PAGE_SIZE + 1 });
    return pageOf(log, (post) => post.eventId, deliveryResponse);
  }
}
