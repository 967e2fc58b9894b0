import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { type Channel, Channels } from '../channels/channels.js';
import { LimitStory } from './limit-story.js';
import { PlanRequest } from './messaging-limit.request.js';
import { LimitStoryResponse, PlanResponse } from './messaging-limit.response.js';
import { PlanAudience } from './plan-audience.js';

const NUMBER = { name: 'phoneNumberId', description: "Meta's id of the number", example: '106540352242922' } as const;

/** The messaging limit of a number, which it shares with its portfolio. */
@ApiTags('Messaging limit')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/phone-numbers/:phoneNumberId/messaging-limit')
export class MessagingLimitController {
  constructor(
    private readonly channels: Channels,
    private readonly story: LimitStory,
    private readonly planner: PlanAudience,
  ) {}

  /** What is used of it, how far it is from being raised, and how it changed. */
  @ApiOperation({ summary: 'Messaging limit, progress and history' })
  @ApiParam(NUMBER)
  @ApiOkResponse({ type: LimitStoryResponse })
  @Get()
  async show(@TenantCaller() { tenantId }: Caller, @Param('phoneNumberId') id: string): Promise<LimitStoryResponse> {
    return this.story.of(await this.channel(tenantId, id));
  }

  /** How many of an audience can be sent a template now, when the rest can, and by which rule each is held. */
  @ApiOperation({ summary: 'Plan an audience', description: 'Nothing is sent, and no place is reserved.' })
  @ApiParam(NUMBER)
  @ApiOkResponse({ type: PlanResponse })
  @HttpCode(200)
  @Post('plan')
  async plan(
    @TenantCaller() { tenantId }: Caller,
    @Param('phoneNumberId') id: string,
    @Body() body: PlanRequest,
  ): Promise<PlanResponse> {
    return this.planner.plan(await this.channel(tenantId, id), body.customers);
  }

  private async channel(tenantId: string, metaPhoneNumberId: string): Promise<Channel> {
    const channel = await this.channels.byMetaId(tenantId, metaPhoneNumberId);
    if (!channel) throw Refusal.notFound('phone number');
    return channel;
  }
}
