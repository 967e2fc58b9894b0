import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { UuidPipe } from '#libs/http';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { mustBeZone } from '../local-days.js';
import { ExistingTenant } from '../staff/existing-tenant.js';
import { CorrectZone, type ZonesOfWaba } from './correct-zone.js';

class TimezoneRequest extends ReasonRequest {
  @ApiProperty({ example: 'America/Mexico_City', description: 'IANA name' })
  @IsString()
  @MaxLength(60)
  timezone: string;
}
class NextTimezoneResponse {
  @ApiProperty() timezone: string;
  @ApiProperty({ example: '2026-12-01T06:00:00.000Z' }) from: string;
}
class TimezoneResponse {
  @ApiProperty({ description: 'By which it is charged now' }) timezone: string;
  @ApiProperty({ nullable: true, type: NextTimezoneResponse, description: 'By which it will be charged' })
  next: NextTimezoneResponse | null;
}

/** Time zones of WABAs, at whose midnight their days and months begin. */
@ApiTags('staff: plans')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:tenantId/wabas')
export class StaffZonesController {
  constructor(private readonly zone: CorrectZone) {}

  /**
   * Puts the zone of a WABA right: Meta tells some by an id that has no name here, and UTC stands in. At once where nothing
   * was charged of the WABA yet; else from the next month on, so that no charge is moved to another day or month. What staff
   * set stays when the account is connected again.
   */
  @Put(':wabaId/timezone')
  @Needs('plans.write')
  @ApiOperation({ summary: "Correct a WABA's time zone" })
  @ApiOkResponse({ type: TimezoneResponse })
  async correct(
    @Staff() staff: StaffCaller,
    @Param('tenantId', ExistingTenant) tenantId: string,
    @Param('wabaId', UuidPipe) wabaId: string,
    @Body() { timezone, reason }: TimezoneRequest,
  ): Promise<ZonesOfWaba> {
    mustBeZone(timezone);
    return this.zone.run(staff, { tenantId, wabaId }, { timezone, reason });
  }
}
