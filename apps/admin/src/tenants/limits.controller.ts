import { Body, Controller, Get, Param, ParseEnumPipe, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeNull, Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { LIMIT_KINDS, type LimitKind, type LimitUse, TenantLimits } from '#libs/tenant-limits';
import { Tenants } from '#libs/tenants';

const KINDS = Object.fromEntries(LIMIT_KINDS.map((kind) => [kind, kind]));
/** What JSON numbers hold exactly, and nobody reaches. */
const MOST = 1e15;

class LimitRequest extends ReasonRequest {
  @ApiProperty({ type: Number, nullable: true, minimum: 0, description: 'Null: no limit' })
  @MayBeNull()
  @IsInt()
  @Min(0)
  @Max(MOST)
  most: number | null;
}

class LimitUseResponse implements LimitUse {
  @ApiProperty({ enum: LIMIT_KINDS }) what: LimitKind;
  @ApiProperty({ type: Number, nullable: true, description: 'Null: no limit' }) most: number | null;
  @ApiProperty() used: number;
}
class LimitsResponse {
  @ApiProperty({ type: [LimitUseResponse] }) data: LimitUseResponse[];
}

/** How much of some things a tenant may have. What it has already stays when a limit is set below it. */
@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id/limits')
export class LimitsController {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly limits: TenantLimits,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @Needs('tenants.read')
  @ApiOperation({ summary: 'See the limits of a tenant and what is used of them' })
  @ApiOkResponse({ type: LimitsResponse })
  async list(@Param('id', UuidPipe) tenantId: string): Promise<LimitsResponse> {
    return this.db.asStaff(async (tx) => {
      if (!(await this.tenants.find(tx, tenantId))) throw Refusal.notFound('tenant');
      return { data: await this.limits.of(tx, tenantId) };
    });
  }

  /** Sets a limit, or takes it away. It holds from the next upload or number on. */
  @Put(':what')
  @Needs('tenants.limit')
  @ApiParam({ name: 'what', enum: LIMIT_KINDS })
  @ApiOperation({ summary: 'Limit what a tenant may have' })
  @ApiOkResponse({ type: LimitsResponse })
  async set(
    @Param('id', UuidPipe) tenantId: string,
    @Param('what', new ParseEnumPipe(KINDS)) what: LimitKind,
    @Body() { most, reason }: LimitRequest,
    @Staff() staff: StaffCaller,
  ): Promise<LimitsResponse> {
    return this.db.inTenant(tenantId, async (tx) => {
      if (!(await this.tenants.find(tx, tenantId))) throw Refusal.notFound('tenant');
      const before = (await this.limits.of(tx, tenantId)).find((limit) => limit.what === what);
      await this.limits.set(tx, tenantId, what, most);
      const data = await this.limits.of(tx, tenantId);
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'tenant.limit',
        object: `tenant:${tenantId}`,
        tenantId,
        before: { [what]: before?.most ?? null },
        after: { [what]: most },
      });
      return { data };
    });
  }
}
