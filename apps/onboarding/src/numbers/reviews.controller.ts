import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard } from '#libs/tenants';
import { Wabas } from '#libs/wabas';

/** How far Meta has reviewed the tenant's accounts. */
@ApiTags('Reviews')
@ApiBearerAuth()
@UseGuards(TenantGuard)
@Controller('api/v1/reviews')
export class ReviewsController {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
  ) {}

  /** Each account with Meta's review of it, the verification of its business, who pays, and its official numbers. */
  @ApiOperation({ summary: 'See reviews' })
  @Get()
  async list(@TenantCaller() { tenantId }: Caller) {
    return this.db.inTenant(tenantId, async (tx) => {
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      const accounts = await this.wabas.wabas(tx, tenantId);
      return {
        data: accounts.map((waba) => ({
          waba_id: waba.metaWabaId,
          name: waba.name,
          account_review_status: waba.reviewStatus,
          business_verification_status: waba.verificationStatus,
          paid_by: waba.funding === 'credit-line' ? 'provider' : waba.funding === 'own' ? 'merchant' : null,
          disconnected_at: waba.disconnectedAt,
          looked_at: waba.lookedAt,
          official_numbers: numbers
            .filter((n) => n.wabaId === waba.wabaId && n.official)
            .map((n) => n.displayPhoneNumber),
        })),
      };
    });
  }
}
