import { Body, Controller, Header, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { loadConfig } from '#libs/config';
import { Refusal, UuidPipe } from '#libs/http';
import { Database } from '#libs/persistence';
import { AuditLog, auditOf, Needs, Staff, type StaffCaller } from '#libs/staff';
import { SetupLinks, Tenants } from '#libs/tenants';

const WEEK_MS = 7 * 86_400_000;

class SetupLinkRequest {
  @ApiProperty({ description: 'Why; it is kept in the audit log' }) @IsString() @Length(3, 1_000) reason: string;
}

@ApiTags('tenants')
@ApiBearerAuth()
@Controller('admin/v1/tenants/:id/setup-links')
export class SetupLinksController {
  private readonly onboarding = loadConfig(['ONBOARDING_PUBLIC_URL']).ONBOARDING_PUBLIC_URL;

  constructor(
    private readonly links: SetupLinks,
    private readonly tenants: Tenants,
    private readonly audit: AuditLog,
    private readonly db: Database,
  ) {}

  /** Makes a link with which the merchant connects one number without signing in; shown in this answer only. */
  @Post()
  @Header('cache-control', 'no-store')
  @Needs('setup-links.make')
  @ApiOperation({ summary: 'Make a setup link' })
  async make(
    @Param('id', UuidPipe) tenantId: string,
    @Body() { reason }: SetupLinkRequest,
    @Staff() staff: StaffCaller,
  ): Promise<{ id: string; url: string; expires_at: Date }> {
    return this.db.inTenant(tenantId, async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      if (!tenant) throw Refusal.notFound('tenant');
      if (tenant.status !== 'active') throw Refusal.conflict(`The tenant is ${tenant.status}.`);
      const made = await this.links.make(tx, tenantId, { madeBy: `staff:${staff.email}`, livesMs: WEEK_MS });
      await this.audit.record(tx, {
        ...auditOf(staff, reason),
        action: 'setup-link.make',
        object: `setup-link:${made.linkId}`,
        tenantId,
      });
      return { id: made.linkId, url: `${this.onboarding}/signup#setup=${made.ticket}`, expires_at: made.expiresAt };
    });
  }
}
