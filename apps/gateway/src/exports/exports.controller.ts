import { Controller, Get, Header, Post, Query, StreamableFile, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { ExportLinks, ExportTenant, exportUrl, type MadeBy } from '#libs/closing';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type Caller, TenantCaller, TenantGuard, Tenants, UserSessions } from '#libs/tenants';

class ExportLinkResponse {
  @ApiProperty({ description: 'Answers with a ZIP, without a key. Keep it secret' }) url: string;
  @ApiProperty({ description: 'When a download can no longer begin' }) expires_at: Date;
}

class FetchRequest {
  /** Named so that logs leave it out. */
  @ApiProperty() @IsString() @MaxLength(1_000) token: string;
}

/** Everything that a tenant has here, to be taken along. */
@ApiTags('account')
@Controller('api/v1/exports')
export class ExportsController {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly sessions: UserSessions,
    private readonly links: ExportLinks,
    private readonly exportTenant: ExportTenant,
  ) {}

  /**
   * Makes a link for a download, good for an hour and no longer than the session or key that made it; for owners, developers
   * and keys without limits.
   */
  @Post()
  @Header('cache-control', 'no-store')
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @ApiOperation({ summary: 'Export everything of this account' })
  @ApiCreatedResponse({ type: ExportLinkResponse })
  make(@TenantCaller() { tenantId, ...by }: Caller): ExportLinkResponse {
    const { ticket, expiresAt } = this.links.make(tenantId, by);
    return { url: exportUrl(this.publicUrl, ticket), expires_at: expiresAt };
  }

  /** Everything as a ZIP: a file of JSON lines for each kind of thing, and the media files. Made while it is sent. */
  @Get('file')
  @Header('cache-control', 'no-store')
  @ApiProduces('application/zip')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiOperation({ summary: 'Fetch an export' })
  async fetch(@Query() { token }: FetchRequest): Promise<StreamableFile> {
    const link = this.links.read(token);
    const tenant =
      link && (await this.isStill(link))
        ? await this.db.inTenant(link.tenantId, (tx) => this.tenants.find(tx, link.tenantId))
        : null;
    if (!tenant || tenant.status === 'closed') throw Refusal.notFound('export, or its link has expired');
    return new StreamableFile(this.exportTenant.open(tenant.tenantId), {
      type: 'application/zip',
      disposition: 'attachment; filename="export.zip"',
    });
  }

  /** Whether whoever made a link could still make it. */
  private async isStill({ tenantId, sessionId, apiKeyId }: { tenantId: string } & MadeBy): Promise<boolean> {
    if (sessionId) return (await this.sessions.holder(tenantId, sessionId)) !== undefined;
    return !apiKeyId || this.tenants.hasLiveKey(tenantId, apiKeyId);
  }
}
