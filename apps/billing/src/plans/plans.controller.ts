import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { BillingProfiles } from './billing-profiles.js';
import { OwnPlanResponse } from './plan.response.js';
import { Plans } from './plans.js';
import { type ShownPlan, showAssignment, showPlan, showProfile } from './show-plan.js';

@ApiTags('plan')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/plan')
export class PlansController {
  constructor(
    private readonly db: Database,
    private readonly plans: Plans,
    private readonly profiles: BillingProfiles,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The plan in force today (UTC) with its terms, the ones before and to come, and who the invoices are made out to. */
  @Get()
  @ApiOperation({ summary: 'The plan that makes your prices' })
  @ApiOkResponse({ type: OwnPlanResponse })
  async read(
    @TenantCaller() { tenantId }: Caller,
  ): Promise<ShownPlan & { assignments: object[]; profile: object | null }> {
    const today = this.clock.now().toISOString().slice(0, 10);
    return this.db.inTenant(tenantId, async (tx) => {
      const calendar = await this.plans.calendar(tx, tenantId);
      const profile = await this.profiles.find(tx, tenantId);
      return {
        ...showPlan(calendar.on(today)),
        assignments: (await this.plans.assignments(tx, tenantId)).map(showAssignment),
        profile: profile ? showProfile(profile) : null,
      };
    });
  }
}
