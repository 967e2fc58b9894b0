import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, Staff, type StaffCaller } from '#libs/staff';
import { type IntakeLag, intakeLag } from './intake-lag.js';
import { IntakeLagResponse, ReplayedPostsResponse } from './queues.response.js';
import { ReplayPostsRequest } from './replay.request.js';
import { ReplayPosts } from './replay-posts.js';

@ApiTags('queues')
@ApiBearerAuth()
@Controller('admin/v1')
export class QueuesController {
  constructor(
    private readonly db: Database,
    private readonly replay: ReplayPosts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What Meta told us and is not applied yet: by route how much, and how old the oldest is. */
  @Get('intake-lag')
  @Needs('queues.read')
  @ApiOperation({ summary: "See how far the intake of Meta's webhooks is behind" })
  @ApiOkResponse({ type: IntakeLagResponse })
  lag(): Promise<IntakeLag> {
    return this.db.asStaff((tx) => intakeLag(tx, this.clock.now()));
  }

  /** Named events or those of a time, 1,000 in one call, oldest first; the tenant may do the same by its own API. */
  @Post('tenants/:id/webhooks/:webhookId/replay')
  @HttpCode(200)
  @Needs('webhooks.replay')
  @ApiOperation({ summary: 'Post past events to an endpoint of a tenant once more' })
  @ApiOkResponse({ type: ReplayedPostsResponse })
  async replayPosts(
    @Param('id', UuidPipe) tenantId: string,
    @Param('webhookId', UuidPipe) endpointId: string,
    @Body() request: ReplayPostsRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ queued: number; next: string | null }> {
    const { event_ids: eventIds, from, to, cursor, dead_only: deadOnly = false, reason } = request;
    if ((eventIds === undefined) === (from === undefined)) {
      throw Refusal.invalid('Send either event_ids or from.', { event_ids: ['or from'] });
    }
    const which = eventIds
      ? { eventIds }
      : { from: new Date(from ?? 0), to: to === undefined ? undefined : new Date(to), after: cursor };
    return this.replay.run({ tenantId, endpointId, which, deadOnly, reason, staff });
  }
}
