import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { RecipientsRequest } from './campaign.request.js';
import { ListedResponse } from './campaign.response.js';
import { Campaigns } from './campaigns.js';
import { Recipients } from './recipients.js';

const USER_ID = /^[A-Z]{2}\.[\w.-]{1,200}$/;

@ApiTags('campaigns')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/campaigns/:id/recipients')
export class RecipientsController {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly recipients: Recipients,
  ) {}

  /** Lists recipients of a draft, up to 10,000 a call; somebody who is listed twice gets one message. */
  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'List recipients' })
  @ApiOkResponse({ type: ListedResponse })
  list(
    @TenantCaller() { tenantId }: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { recipients }: RecipientsRequest,
  ): Promise<ListedResponse> {
    const byLine = new Map(
      recipients.map(({ to, attributes = {} }, i) => {
        const customer = customerOf(to);
        if (!customer) {
          throw Refusal.invalid(
            `recipients[${i}].to: must be a number with its country code, such as +16505551234, or a user id.`,
          );
        }
        const line = lineOf(customer);
        return [line, { line, customer, attributes }];
      }),
    );
    return this.db.inTenant(tenantId, async (tx) => {
      const campaign = await this.campaigns.find(tx, tenantId, id, 'share');
      if (!campaign) throw Refusal.notFound('campaign');
      if (campaign.state !== 'draft' || campaign.audience.kind !== 'list') {
        throw Refusal.conflict('Recipients are listed for a draft whose audience is "list".');
      }
      const added = await this.recipients.list(tx, campaign, [...byLine.values()]);
      return { added, repeated: recipients.length - byLine.size };
    });
  }
}

/** Digits of a number that is written with its country code, or a business-scoped user id; undefined for anything else. */
function customerOf(to: string): string | undefined {
  if (USER_ID.test(to)) return to;
  const digits = /^[\d\s().+-]{5,64}$/.test(to) ? to.replace(/\D/g, '') : '';
  return /^[1-9]\d{6,14}$/.test(digits) ? digits : undefined;
}
