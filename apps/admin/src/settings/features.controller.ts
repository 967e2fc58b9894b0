import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsBoolean, ValidateIf } from 'class-validator';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import {
  FEATURE_NAMES,
  FEATURES,
  type Feature,
  Features,
  featureSetting,
  isFeature,
  ProviderSettings,
  type Switch,
} from '#libs/provider-settings';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { Tenants } from '#libs/tenants';
import { ChangeSetting } from './change-setting.js';

class SwitchRequest extends ReasonRequest {
  @ApiProperty() @IsBoolean() on: boolean;
}
class TenantSwitchRequest extends ReasonRequest {
  @ApiProperty({ type: Boolean, nullable: true, description: 'null: as for all others' })
  @ValidateIf((request) => request.on !== null)
  @IsBoolean()
  on: boolean | null;
}
class ExceptionResponse {
  @ApiProperty({ format: 'uuid' }) tenant_id: string;
  @ApiProperty() on: boolean;
}
class FeatureResponse {
  @ApiProperty({ enum: FEATURE_NAMES }) feature: Feature;
  @ApiProperty() means: string;
  @ApiProperty() on: boolean;
  @ApiProperty({ description: 'It can be switched for one tenant alone' }) of_tenants: boolean;
  @ApiProperty({ type: [ExceptionResponse], description: 'Tenants with a switch of their own' })
  exceptions: ExceptionResponse[];
}
class FeaturesResponse {
  @ApiProperty({ type: [FeatureResponse] }) data: FeatureResponse[];
}

/** What is switched on, for all and for single tenants. */
@ApiTags('settings')
@ApiBearerAuth()
@Controller('admin/v1/settings/features')
export class FeaturesController {
  constructor(
    private readonly db: Database,
    private readonly features: Features,
    private readonly settings: ProviderSettings,
    private readonly tenants: Tenants,
    private readonly change: ChangeSetting,
  ) {}

  @Get()
  @Needs('settings.read')
  @ApiOperation({ summary: 'See what is switched on' })
  @ApiOkResponse({ type: FeaturesResponse })
  async list(): Promise<FeaturesResponse> {
    const data = await this.db.asStaff(async (tx) => {
      const shown: FeatureResponse[] = [];
      for (const feature of FEATURE_NAMES) {
        const { means, ofTenants } = FEATURES[feature];
        const own = await this.settings.ofTenants<Switch>(tx, featureSetting(feature));
        const exceptions = own.map(({ tenantId, value }) => ({ tenant_id: tenantId, on: value.on }));
        shown.push({ feature, means, on: this.features.isOn(feature), of_tenants: ofTenants, exceptions });
      }
      return shown;
    });
    return { data };
  }

  /** Switches a feature for all that have no switch of their own. */
  @Put(':feature')
  @Needs('settings.change')
  @ApiOperation({ summary: 'Switch a feature on or off' })
  @ApiOkResponse({ type: FeaturesResponse })
  async switch(
    @Param('feature') feature: string,
    @Body() { on, reason }: SwitchRequest,
    @Staff() staff: StaffCaller,
  ): Promise<FeaturesResponse> {
    if (!isFeature(feature)) throw Refusal.notFound('feature');
    await this.change.save(featureSetting(feature), { on }, { staff, reason });
    return this.list();
  }

  @Put(':feature/tenants/:tenantId')
  @Needs('settings.change')
  @ApiOperation({ summary: 'Switch a feature on or off for one tenant' })
  @ApiOkResponse({ type: FeaturesResponse })
  async switchForTenant(
    @Param('feature') feature: string,
    @Param('tenantId', UuidPipe) tenantId: string,
    @Body() { on, reason }: TenantSwitchRequest,
    @Staff() staff: StaffCaller,
  ): Promise<FeaturesResponse> {
    if (!isFeature(feature) || !FEATURES[feature].ofTenants) throw Refusal.notFound('feature for single tenants');
    if (!(await this.db.asStaff((tx) => this.tenants.find(tx, tenantId)))) throw Refusal.notFound('tenant');
    await this.change.save(featureSetting(feature), on === null ? undefined : { on }, { staff, reason }, tenantId);
    return this.list();
  }
}
