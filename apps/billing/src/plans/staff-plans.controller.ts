import { Body, Controller, Get, Param, Post, Put } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { mustBeDay, mustBeZone } from '../local-days.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { StaffAudit } from '../staff/staff-audit.js';
import { type BillingProfile, BillingProfiles, type InvoiceLanguage } from './billing-profiles.js';
import {
  AssignmentResponse,
  BillingProfileResponse,
  PlanTermsRequest,
  PlanVersionsResponse,
  ShownPlanResponse,
  TenantPlansResponse,
} from './plan.response.js';
import { Plans } from './plans.js';
import { readTerms } from './read-terms.js';
import { showAssignment, showPlan, showProfile } from './show-plan.js';

class PlanVersionRequest extends ReasonRequest {
  @ApiProperty({
    type: PlanTermsRequest,
    description: 'What is left out is 0 or empty; amounts and percentages are decimal strings',
  })
  @IsObject()
  terms: Record<string, unknown>;
}
class AssignmentRequest extends ReasonRequest {
  @ApiProperty() @IsString() @MaxLength(40) plan: string;
  @ApiProperty() @IsInt() @Min(1) @Max(1_000_000) version: number;
  @ApiProperty({ example: '2026-12-01', description: 'The first local day it prices; today or later' })
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'from_day must be YYYY-MM-DD' })
  from_day: string;
}
class ProfileRequest extends ReasonRequest {
  @ApiProperty() @IsString() @Length(1, 200) legal_name: string;
  @ApiPropertyOptional() @IsString() @MaxLength(500) address: string = '';
  @ApiProperty({ example: 'MX' })
  @Matches(/^[A-Z]{2}$/, { message: 'country must be two capital letters' })
  country: string;
  @ApiPropertyOptional() @IsString() @MaxLength(50) tax_id: string = '';
  @ApiPropertyOptional() @IsBoolean() is_business: boolean = true;
  @ApiPropertyOptional({ enum: ['es', 'pt', 'en'] }) @IsIn(['es', 'pt', 'en']) language: InvoiceLanguage = 'en';
  @ApiProperty({ example: 'America/Mexico_City' }) @IsString() @MaxLength(60) timezone: string;
  @ApiProperty({ example: 'main' }) @IsString() @Length(1, 40) legal_entity: string;
  @ApiPropertyOptional({
    nullable: true,
    type: Number,
    description: 'Days after the end of a month on which its invoices are issued by themselves; left out: staff do it',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(27)
  issue_after_days?: number | null;
}

@ApiTags('staff: plans')
@ApiBearerAuth()
@Controller('admin/v1')
export class StaffPlansController {
  constructor(
    private readonly db: Database,
    private readonly plans: Plans,
    private readonly profiles: BillingProfiles,
    private readonly audit: StaffAudit,
  ) {}

  @Get('plans')
  @Needs('billing.read')
  @ApiOperation({ summary: 'All versions of all plans' })
  @ApiOkResponse({ type: PlanVersionsResponse })
  async list(): Promise<{ data: object[] }> {
    const versions = await this.plans.versions();
    return {
      data: versions.map((v) => ({
        ...showPlan(v),
        note: v.note,
        made_by: v.madeBy,
        created_at: v.createdAt.toISOString(),
      })),
    };
  }

  /** Tenants stay on the version they are on until they are assigned to the new one. */
  @Post('plans/:plan/versions')
  @Needs('plans.write')
  @ApiOperation({ summary: 'Add a version to a plan; the first makes the plan' })
  @ApiCreatedResponse({ type: ShownPlanResponse })
  async addVersion(
    @Staff() staff: StaffCaller,
    @Param('plan') plan: string,
    @Body() request: PlanVersionRequest,
  ): Promise<object> {
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(plan)) {
      throw Refusal.invalid('A plan is named by 1 to 40 small letters, digits or underscores.');
    }
    const read = readTerms(request.terms);
    if ('problems' in read) throw Refusal.invalid(Object.values(read.problems).flat().join('; '), read.problems);
    const by = { who: staff.email, note: request.reason };
    const made = await this.plans.addVersion(plan, read.terms, by, (tx, version) => {
      const object = `plan:${plan}/${version.version}`;
      const entry = { action: 'plan.add-version', object, after: showPlan(version), reason: request.reason };
      return this.audit.record(staff, entry, tx);
    });
    return showPlan(made);
  }

  @Get('tenants/:tenantId/plan')
  @Needs('billing.read')
  @ApiOperation({ summary: 'Which plans a tenant was, is and will be on' })
  @ApiOkResponse({ type: TenantPlansResponse })
  async ofTenant(@Param('tenantId', ExistingTenant) tenantId: string): Promise<object> {
    return this.db.inTenant(tenantId, async (tx) => {
      const profile = await this.profiles.find(tx, tenantId);
      const assignments = await this.plans.assignments(tx, tenantId);
      return {
        assignments: assignments.map((a) => ({ ...showAssignment(a), assigned_by: a.assignedBy })),
        profile: profile ? showProfile(profile) : null,
      };
    });
  }

  @Post('tenants/:tenantId/plan')
  @Needs('plans.write')
  @ApiOperation({ summary: 'Put a tenant on a version of a plan' })
  @ApiCreatedResponse({ type: AssignmentResponse })
  async assign(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() { plan, version, from_day: fromDay, reason }: AssignmentRequest,
  ): Promise<object> {
    mustBeDay(fromDay, 'from_day');
    return this.db.inTenant(tenantId, async (tx) => {
      const made = showAssignment(await this.plans.assign(tx, tenantId, { plan, version, fromDay }, staff.email));
      const object = `tenant:${tenantId}`;
      await this.audit.record(staff, { action: 'plan.assign', object, tenantId, after: made, reason }, tx);
      return made;
    });
  }

  @Put('tenants/:tenantId/billing-profile')
  @Needs('plans.write')
  @ApiOperation({ summary: 'Who the invoices of a tenant are made out to' })
  @ApiOkResponse({ type: BillingProfileResponse })
  async saveProfile(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Body() request: ProfileRequest,
  ): Promise<object> {
    const profile = profileOf(request);
    return this.db.inTenant(tenantId, async (tx) => {
      const before = await this.profiles.find(tx, tenantId);
      await this.profiles.save(tx, tenantId, profile);
      await this.audit.record(
        staff,
        {
          action: 'billing-profile.save',
          object: `tenant:${tenantId}`,
          tenantId,
          ...(before ? { before } : {}),
          after: profile,
          reason: request.reason,
        },
        tx,
      );
      return showProfile(profile);
    });
  }
}

function profileOf(r: ProfileRequest): BillingProfile {
  mustBeZone(r.timezone);
  return {
    legalName: r.legal_name,
    address: r.address,
    country: r.country,
    taxId: r.tax_id,
    isBusiness: r.is_business,
    language: r.language,
    timezone: r.timezone,
    legalEntity: r.legal_entity,
    issueAfterDays: r.issue_after_days ?? null,
  };
}
