import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, PageRequest, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { makerOf } from '../maker-of.js';
import type { Automation } from './automation.js';
import { AutomationRequest, DefinitionRequest } from './automation.request.js';
import {
  AutomationPageResponse,
  AutomationResponse,
  PresetsResponse,
  RunPageResponse,
  RunResponse,
} from './automation.response.js';
import { AutomationRuns } from './automation-runs.js';
import { AutomationSteps } from './automation-steps.js';
import { Automations, type StoredAutomation } from './automations.js';
import { PRESETS } from './presets.js';
import { readAutomation } from './read-automation.js';

@ApiTags('automations')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/automations')
export class AutomationsController {
  constructor(
    private readonly db: Database,
    private readonly automations: Automations,
    private readonly runs: AutomationRuns,
    private readonly steps: AutomationSteps,
    private readonly wabas: Wabas,
  ) {}

  /** What follows from events of your shop, newest first. */
  @Get()
  @ApiOperation({ summary: 'List automations' })
  @ApiOkResponse({ type: AutomationPageResponse })
  async list(@TenantCaller() { tenantId }: Caller, @Query() { cursor }: PageRequest): Promise<AutomationPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      const rows = await this.automations.list(tx, tenantId, { before: cursor, limit: PAGE_SIZE + 1 });
      const metaIds = await this.metaIds(tx, tenantId);
      return pageOf(
        rows,
        (row) => row.automationId,
        (row) => AutomationResponse.of(row, metaIds.get(row.phoneNumberId)),
      );
    });
  }

  /** Definitions to begin with, for what shops usually tell; the templates that they name are to be yours. */
  @Get('presets')
  @ApiOperation({ summary: 'See ready-made automations' })
  @ApiOkResponse({ type: PresetsResponse })
  presets(): PresetsResponse {
    return { data: [...PRESETS] };
  }

  /** Begins with the next event; what happened before it is not followed. */
  @Post()
  @ApiOperation({
    summary: 'Make an automation',
    description:
      'A definition has a `trigger` (kind of event), `conditions` on its data, `steps` (each with `after_minutes` after the ' +
      'one before, `only_if`, and `send`: a template with parameters such as `{{order_number}}` or `{{name|friend}}`, a text, ' +
      'or `location: true` for the courier), a `goal` (kinds of events after which nothing more is said), `stop_on_reply`, ' +
      'and `again_after_minutes`. A step whose parameters the event does not tell is skipped, and so is one that is a day late.',
  })
  @ApiCreatedResponse({ type: AutomationResponse })
  async add(@TenantCaller() caller: Caller, @Body() request: AutomationRequest): Promise<AutomationResponse> {
    const { tenantId } = caller;
    const definition = definitionIn(request.definition);
    return this.db.inTenant(tenantId, async (tx) => {
      const number = await this.wabas.phoneNumber(tx, tenantId, { metaPhoneNumberId: request.phone_number_id });
      if (!number) throw Refusal.notFound('phone number');
      const { name } = request;
      const enabled = request.enabled ?? false;
      const { phoneNumberId } = number;
      const given = { name, phoneNumberId, enabled, definition, madeBy: makerOf(caller) };
      const automation = await this.automations.add(tx, tenantId, given);
      if (!automation) throw Refusal.conflict('name: is that of another automation of yours.');
      return AutomationResponse.of(automation, number.metaPhoneNumberId);
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'See an automation' })
  @ApiOkResponse({ type: AutomationResponse })
  async one(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string): Promise<AutomationResponse> {
    return this.db.inTenant(tenantId, async (tx) => this.shown(tx, tenantId, await this.known(tx, tenantId, id)));
  }

  /** Makes a new version. What is under way ends by the version that it began with. */
  @Put(':id')
  @ApiOperation({ summary: 'Change an automation' })
  @ApiOkResponse({ type: AutomationResponse })
  async change(
    @TenantCaller() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: DefinitionRequest,
  ): Promise<AutomationResponse> {
    const { tenantId } = caller;
    const definition = definitionIn(request.definition);
    return this.db.inTenant(tenantId, async (tx) => {
      const changed = await this.automations.change(tx, tenantId, id, definition, makerOf(caller));
      if (!changed) throw Refusal.notFound('automation');
      return this.shown(tx, tenantId, changed);
    });
  }

  @Post(':id/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch an automation on' })
  @ApiOkResponse({ type: AutomationResponse })
  async enable(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string) {
    return this.db.inTenant(tenantId, (tx) => this.switch(tx, tenantId, id, true));
  }

  /** What waits of it ends; a message that is with the gateway already still goes. */
  @Post(':id/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch an automation off' })
  @ApiOkResponse({ type: AutomationResponse })
  async disable(@TenantCaller() { tenantId }: Caller, @Param('id', UuidPipe) id: string) {
    return this.db.inTenant(tenantId, async (tx) => {
      const automation = await this.switch(tx, tenantId, id, false);
      await this.runs.stopAll(tx, tenantId, id, 'switched_off');
      return automation;
    });
  }

  /** For whom it ran and runs, and what became of each step; newest first. */
  @Get(':id/runs')
  @ApiOperation({ summary: 'List the runs of an automation' })
  @ApiOkResponse({ type: RunPageResponse })
  async listRuns(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { cursor }: PageRequest,
  ): Promise<RunPageResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      await this.known(tx, tenantId, id);
      const runs = await this.runs.list(tx, tenantId, id, { before: cursor, limit: PAGE_SIZE + 1 });
      const ids = runs.map((run) => run.runId);
      const steps = await this.steps.of(tx, tenantId, ids);
      return pageOf(
        runs,
        (run) => run.runId,
        (run) => RunResponse.of(run, steps),
      );
    });
  }

  private async switch(tx: Tx, tenantId: string, id: string, enabled: boolean): Promise<AutomationResponse> {
    await this.known(tx, tenantId, id);
    await this.automations.setEnabled(tx, tenantId, id, enabled);
    return this.shown(tx, tenantId, await this.known(tx, tenantId, id));
  }

  private async known(tx: Tx, tenantId: string, id: string): Promise<StoredAutomation> {
    const automation = await this.automations.find(tx, tenantId, id);
    if (!automation) throw Refusal.notFound('automation');
    return automation;
  }

  private async shown(tx: Tx, tenantId: string, automation: StoredAutomation): Promise<AutomationResponse> {
    const metaIds = await this.metaIds(tx, tenantId);
    return AutomationResponse.of(automation, metaIds.get(automation.phoneNumberId));
  }

  private async metaIds(tx: Tx, tenantId: string): Promise<Map<string, string>> {
    const numbers = await this.wabas.phoneNumbers(tx, tenantId);
    return new Map(numbers.map((n) => [n.phoneNumberId, n.metaPhoneNumberId]));
  }
}

function definitionIn(given: unknown): Automation {
  const read = readAutomation(given);
  if ('automation' in read) return read.automation;
  throw Refusal.invalid(`definition: ${read.problems.join('; ')}.`, { definition: read.problems });
}
