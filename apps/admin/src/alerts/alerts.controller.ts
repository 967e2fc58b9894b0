import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PAGE_SIZE, pageOf, Refusal, UuidPipe } from '#libs/http';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { AuditLog, auditOf, Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { isAlertKind } from './alert-kinds.js';
import { Alerts } from './alerts.js';
import { AlertsRequest, RuleRequest } from './alerts.request.js';
import {
  AlertPage,
  AlertResponse,
  alertResponse,
  RuleResponse,
  RulesResponse,
  ruleResponse,
} from './alerts.response.js';

@ApiTags('alerts')
@ApiBearerAuth()
@Controller('admin/v1')
export class AlertsController {
  constructor(
    private readonly db: Database,
    private readonly alerts: Alerts,
    private readonly audit: AuditLog,
  ) {}

  /** What staff were woken for, newest first. */
  @Get('alerts')
  @Needs('alerts.read')
  @ApiOperation({ summary: 'List alerts' })
  @ApiOkResponse({ type: AlertPage })
  async list(@Query() request: AlertsRequest): Promise<AlertPage> {
    const open = request.open === undefined ? undefined : request.open === 'true';
    const rows = await this.db.asStaff((tx) =>
      this.alerts.list(tx, { open, before: request.cursor, limit: PAGE_SIZE + 1 }),
    );
    return pageOf(rows, (row) => row.id, alertResponse);
  }

  /** Says that somebody looks after it. It goes on until what is measured is well again. */
  @Post('alerts/:id/acknowledge')
  @HttpCode(200)
  @Needs('alerts.acknowledge')
  @ApiOperation({ summary: 'Acknowledge an alert' })
  @ApiOkResponse({ type: AlertResponse })
  async acknowledge(
    @Param('id', UuidPipe) id: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<AlertResponse> {
    const alert = await this.db.asStaff((tx) => this.alerts.find(tx, id));
    if (!alert) throw Refusal.notFound('alert');
    return this.db.inTenant(alert.tenantId, async (tx) => {
      if (!(await this.alerts.acknowledge(tx, alert, staff.email))) {
        throw Refusal.conflict(`${alert.acknowledgedBy ?? 'Somebody else'} has acknowledged it already.`);
      }
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'alert.acknowledge',
        object: `alert:${id}`,
        tenantId: alert.tenantId,
      });
      return alertResponse((await this.alerts.find(tx, id)) ?? alert);
    });
  }

  @Get('alert-rules')
  @Needs('alerts.read')
  @ApiOperation({ summary: 'See what staff are woken for, and from which value on' })
  @ApiOkResponse({ type: RulesResponse })
  async rules(): Promise<RulesResponse> {
    return { data: (await this.db.asStaff((tx) => this.alerts.rules(tx))).map(ruleResponse) };
  }

  /** Changes a rule. `clear_at` is below `raise_at`, so that a value that swings wakes nobody twice. */
  @Put('alert-rules/:kind')
  @Needs('alerts.configure')
  @ApiOperation({ summary: 'Change what staff are woken for' })
  @ApiOkResponse({ type: RuleResponse })
  async change(
    @Param('kind') kind: string,
    @Body() { enabled, raise_at: raiseAt, clear_at: clearAt, reason }: RuleRequest,
    @Staff() staff: StaffCaller,
  ): Promise<RuleResponse> {
    if (!isAlertKind(kind)) throw Refusal.notFound('rule');
    if (clearAt >= raiseAt) throw Refusal.invalid('clear_at must be below raise_at.');
    const after = { kind, enabled, raiseAt, clearAt };
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      const before = (await this.alerts.rules(tx)).find((rule) => rule.kind === kind);
      await this.alerts.change(tx, after);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'alert-rule.change',
        object: `alert-rule:${kind}`,
        ...(before ? { before } : {}),
        after,
      });
    });
    return ruleResponse(after);
  }
}
