import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { makerOf } from '../maker-of.js';
import { BotRequest, FlowRequest, LiveRequest, SimulateRequest } from './bot.request.js';
import {
  BotPageResponse,
  BotResponse,
  BotRunPageResponse,
  BotRunResponse,
  PublishedResponse,
  RunStepListResponse,
  RunStepResponse,
  SimulationResponse,
} from './bot.response.js';
import { BotRuns } from './bot-runs.js';
import { type Bot, Bots } from './bots.js';
import { ReadFlow } from './read-flow.js';
import { readHappenings } from './read-happenings.js';
import { simulate } from './simulate.js';

const MOST_STEPS_SHOWN = 500;

@ApiTags('bots')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/bots')
export class BotsController {
  constructor(
    private readonly db: Database,
    private readonly bots: Bots,
    private readonly runs: BotRuns,
    private readonly flows: ReadFlow,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List bots' })
  @ApiOkResponse({ type: BotPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<BotPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const rows = await this.bots.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 });
      const metaIds = await this.metaIds(tx, tenantId);
      return pageOf(
        rows,
        (row) => row.botId,
        (row) => BotResponse.of(row, metaIds),
      );
    });
  }

  /** Keeps a draft; customers meet it once it is published. */
  @Post()
  @ApiOperation({ summary: 'Make a bot' })
  @ApiCreatedResponse({ type: BotResponse })
  async add(@TenantCaller() { tenantId }: Caller, @Body() request: BotRequest): Promise<BotResponse> {
    const draft = await this.flows.read(request.flow);
    return this.db.inTenant(tenantId, async (tx) => {
      const metaIds = await this.metaIds(tx, tenantId);
      const number = [...metaIds].find(([, metaId]) => metaId === request.phone_number_id)?.[0] ?? null;
      if (request.phone_number_id && !number) throw Refusal.notFound('number');
      const bot = await this.bots.add(tx, tenantId, { name: request.name, phoneNumberId: number, draft });
      if (!bot) throw Refusal.conflict('name: is that of another bot of yours.');
      return BotResponse.of(bot, metaIds);
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'See a bot' })
  @ApiOkResponse({ type: BotResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<BotResponse> {
    return this.db.inTenant(tenantId, async (tx) =>
      BotResponse.of(await this.find(tx, tenantId, id), await this.metaIds(tx, tenantId)),
    );
  }

  /** Replaces the draft; customers go on with what is live. */
  @Put(':id/draft')
  @ApiOperation({ summary: "Change a bot's draft" })
  @ApiOkResponse({ type: BotResponse })
  async draft(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: FlowRequest,
  ): Promise<BotResponse> {
    const flow = await this.flows.read(request.flow);
    return this.db.inTenant(tenantId, async (tx) => {
      await this.find(tx, tenantId, id);
      await this.bots.draft(tx, tenantId, id, flow);
      return BotResponse.of(await this.find(tx, tenantId, id), await this.metaIds(tx, tenantId));
    });
  }

  /** Plays a conversation against the draft, by the rules that customers meet. Nothing is sent, called or kept. */
  @Post(':id/simulate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Play a conversation against the draft' })
  @ApiOkResponse({ type: SimulationResponse })
  async play(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { events, contact = {} }: SimulateRequest,
  ): Promise<SimulationResponse> {
    const { draft } = await this.db.inTenant(tenantId, (tx) => this.find(tx, tenantId, id));
    const read = readHappenings(events);
    if ('problems' in read) throw Refusal.invalid(read.problems.join('; '), { events: read.problems });
    return { data: simulate(draft, read.happenings, contact, this.clock.now()) };
  }

  /** The draft becomes the next version, which begins conversations from now on; those that were begun go on as they began. */
  @Post(':id/publish')
  @ApiOperation({ summary: "Publish a bot's draft" })
  @ApiCreatedResponse({ type: PublishedResponse })
  async publish(@TenantCaller() caller: Caller, @Param('id', UuidPipe) id: string): Promise<PublishedResponse> {
    const { tenantId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      await this.find(tx, tenantId, id);
      return { version: await this.bots.publish(tx, tenantId, id, makerOf(caller)) };
    });
  }

  /** An earlier version again, or none: a bot that is off begins no conversation. */
  @Put(':id/live')
  @ApiOperation({ summary: 'Choose the version that is live' })
  @ApiOkResponse({ type: BotResponse })
  async setLive(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { version }: LiveRequest,
  ): Promise<BotResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.find(tx, tenantId, id);
      if (version !== null && !(await this.bots.flow(tx, tenantId, id, version))) throw Refusal.notFound('version');
      await this.bots.setLive(tx, tenantId, id, version);
      return BotResponse.of(await this.find(tx, tenantId, id), await this.metaIds(tx, tenantId));
    });
  }

  @Get(':id/runs')
  @ApiOperation({ summary: "List a bot's conversations" })
  @ApiOkResponse({ type: BotRunPageResponse })
  async listRuns(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor }: PageRequest,
  ): Promise<BotRunPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.find(tx, tenantId, id);
      const rows = await this.runs.list(tx, tenantId, id, { before: cursor, limit: PAGE_SIZE + 1 });
      return pageOf(rows, (row) => row.runId, BotRunResponse.of);
    });
  }

  /** What happened and what the bot did, event by event. */
  @Get(':id/runs/:runId')
  @ApiOperation({ summary: 'Read what a bot did in a conversation' })
  @ApiOkResponse({ type: RunStepListResponse })
  async steps(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('runId', UuidPipe) runId: string,
  ): Promise<RunStepListResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const run = await this.runs.find(tx, tenantId, runId);
      if (run?.botId !== id) throw Refusal.notFound('run');
      return { data: (await this.runs.stepsOf(tx, tenantId, runId, MOST_STEPS_SHOWN)).map(RunStepResponse.of) };
    });
  }

  private async find(tx: Tx, tenantId: string, id: string): Promise<Bot> {
    const bot = await this.bots.find(tx, tenantId, id);
    if (!bot) throw Refusal.notFound('bot');
    return bot;
  }

  private async metaIds(tx: Tx, tenantId: string): Promise<Map<string, string>> {
    const numbers = await this.wabas.phoneNumbers(tx, tenantId);
    return new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
  }
}
