import { Body, Controller, Delete, Get, HttpCode, Param, Put, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal, UuidPipe } from '#libs/http';
import { Database, despiteDeadlock, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { GiveConversation } from './give-conversation.js';
import { AgentRequest, AvailabilityRequest, InboxSettingsRequest, TeamRequest } from './inbox.request.js';
import {
  AgentListResponse,
  AgentResponse,
  InboxSettingsResponse,
  TeamListResponse,
  TeamResponse,
} from './inbox.response.js';
import { InboxTeams } from './inbox-teams.js';
import { InboxWork } from './inbox-work.js';
import { KeepSettings } from './keep-settings.js';
import { readSettings } from './read-settings.js';

/** How the inbox works is for owners and developers to say; an agent says only whether they are there. */
function refuseAgents({ role }: Caller): void {
  if (role === 'agent') throw Refusal.forbidden('How the inbox works is for an owner or a developer to say.');
}

@ApiTags('inbox')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/inbox')
export class InboxSettingsController {
  constructor(
    private readonly db: Database,
    private readonly settings: KeepSettings,
    private readonly teams: InboxTeams,
    private readonly gives: GiveConversation,
    private readonly work: InboxWork,
  ) {}

  @Get('settings')
  @ApiOperation({ summary: 'See how the inbox works' })
  @ApiOkResponse({ type: InboxSettingsResponse })
  async see(@TenantCaller() { tenantId }: Caller): Promise<InboxSettingsResponse> {
    return InboxSettingsResponse.of(await this.db.inTenant(tenantId, (tx) => this.settings.of(tx, tenantId)));
  }

  /** Working hours, away message, service times, the team that gets what nobody gave to another, and where people answer. */
  @Put('settings')
  @ApiOperation({ summary: 'Say how the inbox works' })
  @ApiOkResponse({ type: InboxSettingsResponse })
  async put(@TenantCaller() caller: Caller, @Body() request: InboxSettingsRequest): Promise<InboxSettingsResponse> {
    refuseAgents(caller);
    const { tenantId } = caller;
    const settings = readSettings(request);
    await this.db.inTenant(tenantId, async (tx) => {
      if (settings.teamId && !(await this.teams.team(tx, tenantId, settings.teamId))) throw Refusal.notFound('team');
      await this.settings.put(tx, tenantId, settings);
    });
    return InboxSettingsResponse.of(settings);
  }

  @Get('agents')
  @ApiOperation({ summary: 'List agents' })
  @ApiOkResponse({ type: AgentListResponse })
  async agents(@TenantCaller() { tenantId }: Caller): Promise<AgentListResponse> {
    const agents = await this.db.inTenant(tenantId, (tx) => this.teams.agents(tx, tenantId));
    return { data: agents.map(AgentResponse.of) };
  }

  /** Makes one of your users an agent, or changes one. */
  @Put('agents/:userId')
  @ApiOperation({ summary: 'Make a user an agent' })
  @ApiOkResponse({ type: AgentResponse })
  async putAgent(
    @TenantCaller() caller: Caller,
    @Param('userId', UuidPipe) userId: string,
    @Body() request: AgentRequest,
  ): Promise<AgentResponse> {
    refuseAgents(caller);
    return this.changeAgent(caller.tenantId, userId, async (tx) =>
      this.teams.putAgent(tx, caller.tenantId, { userId, ...request, skills: [...new Set(request.skills)] }),
    );
  }

  /** An agent comes or goes: who comes gets what waits. Theirs stays theirs when they go. */
  @Put('agents/:userId/availability')
  @ApiOperation({ summary: 'Say whether an agent is there' })
  @ApiOkResponse({ type: AgentResponse })
  async setAvailable(
    @TenantCaller() caller: Caller,
    @Param('userId', UuidPipe) userId: string,
    @Body() { available }: AvailabilityRequest,
  ): Promise<AgentResponse> {
    if (caller.userId !== userId) refuseAgents(caller);
    return this.changeAgent(caller.tenantId, userId, (tx) =>
      this.teams.setAvailable(tx, caller.tenantId, userId, available),
    );
  }

  private async changeAgent(
    tenantId: string,
    userId: string,
    change: (tx: Tx) => Promise<boolean>,
  ): Promise<AgentResponse> {
    const { agent, given } = await despiteDeadlock(() =>
      this.db.inTenant(tenantId, async (tx) => {
        if (!(await change(tx))) throw Refusal.notFound('user');
        const waiting = await this.gives.assignWaiting(tx, tenantId);
        return { agent: await this.teams.agent(tx, tenantId, userId), given: waiting };
      }),
    );
    this.work.committed(tenantId, given);
    if (!agent) throw Refusal.notFound('user');
    return AgentResponse.of(agent);
  }

  @Delete('agents/:userId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an agent', description: 'The user stays; their conversations are nobody’s.' })
  @ApiNoContentResponse()
  async removeAgent(@TenantCaller() caller: Caller, @Param('userId', UuidPipe) userId: string): Promise<void> {
    refuseAgents(caller);
    const { tenantId } = caller;
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.teams.removeAgent(tx, tenantId, userId))) throw Refusal.notFound('agent');
    });
  }

  @Get('teams')
  @ApiOperation({ summary: 'List teams' })
  @ApiOkResponse({ type: TeamListResponse })
  async listTeams(@TenantCaller() { tenantId }: Caller): Promise<TeamListResponse> {
    const teams = await this.db.inTenant(tenantId, (tx) => this.teams.teams(tx, tenantId));
    return { data: teams.map(TeamResponse.of) };
  }

  /** Makes a team, or changes the one of this name. */
  @Put('teams')
  @ApiOperation({ summary: 'Make or change a team' })
  @ApiOkResponse({ type: TeamResponse })
  async putTeam(@TenantCaller() caller: Caller, @Body() request: TeamRequest): Promise<TeamResponse> {
    refuseAgents(caller);
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const team = await this.teams.putTeam(tx, tenantId, request);
      if (!team) throw Refusal.invalid('members: not all of them are agents of yours.');
      return TeamResponse.of(team);
    });
  }

  @Delete('teams/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a team' })
  @ApiNoContentResponse()
  async removeTeam(@TenantCaller() caller: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    refuseAgents(caller);
    const { tenantId } = caller;
    await this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.teams.removeTeam(tx, tenantId, id))) throw Refusal.notFound('team');
    });
  }
}
