import { Body, Controller, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInstant, UuidPipe } from '#libs/http';
import { Needs, ReasonRequest, Staff, type StaffCaller } from '#libs/staff';
import { type HeldTemplateView, HoldTemplate } from './hold-template.js';
import { HeldTemplateResponse } from './numbers.response.js';

class HoldTemplateRequest extends ReasonRequest {
  @ApiProperty({ example: '2026-12-01T00:00:00Z', description: "When Meta's word counts again; a year ahead at most" })
  @IsInstant()
  until: string;
}

@ApiTags('numbers')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id/templates/:templateId/hold')
export class TemplatesController {
  constructor(private readonly holdTemplate: HoldTemplate) {}

  /**
   * Holds a template back until a time, such as one that customers complain of. New messages with it are refused as of a
   * paused one, those that were accepted wait, and run out as they would. It ends by itself.
   */
  @Put()
  @Needs('numbers.hold')
  @ApiOperation({ summary: 'Hold a template back' })
  @ApiOkResponse({ type: HeldTemplateResponse })
  hold(
    @Param('id', UuidPipe) tenantId: string,
    @Param('templateId', UuidPipe) templateId: string,
    @Body() { until, reason }: HoldTemplateRequest,
    @Staff() staff: StaffCaller,
  ): Promise<HeldTemplateView> {
    return this.holdTemplate.hold({ tenantId, templateId, until: new Date(until), reason, staff });
  }

  /** Ends a hold before its time: what waits for the template goes out. */
  @Post('end')
  @HttpCode(200)
  @Needs('numbers.hold')
  @ApiOperation({ summary: 'No longer hold a template back' })
  @ApiOkResponse({ type: HeldTemplateResponse })
  end(
    @Param('id', UuidPipe) tenantId: string,
    @Param('templateId', UuidPipe) templateId: string,
    @Body() { reason }: ReasonRequest,
    @Staff() staff: StaffCaller,
  ): Promise<HeldTemplateView> {
    return this.holdTemplate.end({ tenantId, templateId, reason, staff });
  }
}
