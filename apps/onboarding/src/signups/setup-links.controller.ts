import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Ip,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, IsUrl, Max, MaxLength, Min } from 'class-validator';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Sessions } from '#libs/sessions';
import { type Caller, SETUP_ROLE, SetupLinks, stateOfLink, TenantCaller, TenantGuard, Tenants } from '#libs/tenants';
import { MadeSetupLinkResponse, OpenedSetupLinkResponse, SetupLinksResponse } from './setup-link.response.js';
import { mustBeActive, Signups } from './signups.js';
import { languageFor } from './texts/language.js';
import { SETUP_LINK_TEXTS } from './texts/setup-link-texts.js';

const DAY_SECONDS = 86_400;
const LISTED = 100;

class MakeSetupLinkRequest {
  @ApiPropertyOptional({ description: 'Seconds until it can no longer be opened', default: 7 * DAY_SECONDS })
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(30 * DAY_SECONDS)
  expires_in?: number;

  @ApiPropertyOptional({ description: 'Where the page leads back to when the number is live' })
  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(1_000)
  return_url?: string;
}
class OpenSetupLinkRequest {
  @ApiProperty({ description: 'What stands behind #setup= in the link' }) @IsString() @MaxLength(200) ticket: string;
}

/** Links with which somebody without an account connects one number of the tenant. */
@ApiTags('Setup links')
@Controller('api/v1/setup-links')
export class SetupLinksController {
  private readonly publicUrl = loadConfig(['PUBLIC_URL']).PUBLIC_URL;

  constructor(
    private readonly links: SetupLinks,
    private readonly signups: Signups,
    private readonly tokens: Sessions,
    private readonly tenants: Tenants,
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Makes a link, good for one number. `url` is shown in this answer only. */
  @ApiOperation({ summary: 'Make a setup link' })
  @ApiCreatedResponse({ type: MadeSetupLinkResponse })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Post()
  @Header('cache-control', 'no-store')
  async make(@TenantCaller() caller: Caller, @Body() request: MakeSetupLinkRequest) {
    const { tenantId, userId, apiKeyId, tenantStatus } = caller;
    mustBeActive(tenantStatus);
    const made = await this.db.inTenant(tenantId, (tx) =>
      this.links.make(tx, tenantId, {
        madeBy: userId ? `user:${userId}` : `key:${apiKeyId}`,
        livesMs: (request.expires_in ?? 7 * DAY_SECONDS) * 1_000,
        ...(request.return_url ? { returnUrl: request.return_url } : {}),
      }),
    );
    return { id: made.linkId, url: `${this.publicUrl}/signup#setup=${made.ticket}`, expires_at: made.expiresAt };
  }

  /** The latest links, newest first, and what became of them. */
  @ApiOperation({ summary: 'List setup links' })
  @ApiOkResponse({ type: SetupLinksResponse })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Get()
  async list(@TenantCaller() { tenantId }: Caller) {
    const now = this.clock.now();
    const links = await this.links.list(tenantId, LISTED);
    return {
      data: links.map((l) => ({
        id: l.linkId,
        state: stateOfLink(l, now),
        signup_id: l.signupId,
        made_by: l.madeBy,
        created_at: l.createdAt,
        expires_at: l.expiresAt,
        opened_at: l.openedAt,
        used_at: l.usedAt,
      })),
    };
  }

  /** Takes a link back; whoever opened it is out at once. */
  @ApiOperation({ summary: 'Revoke a setup link' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Delete(':id')
  @HttpCode(204)
  async revoke(@TenantCaller() { tenantId }: Caller, @Param('id') id: string): Promise<void> {
    if (!isId(id) || !(await this.links.revoke(tenantId, id))) throw Refusal.notFound('open setup link');
  }

  /**
   * Opens a link: a token for its one signup, which is begun at the first opening and resumed at every later one. 410
   * when it was used, taken back or is too old; 403 when its tenant is suspended, or may have no further number.
   */
  @ApiOperation({ summary: 'Open a setup link' })
  @ApiOkResponse({ type: OpenedSetupLinkResponse })
  @Post('open')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async open(
    @Body() { ticket }: OpenSetupLinkRequest,
    @Ip() ip: string,
    @Headers('accept-language') language?: string,
  ) {
    const says = SETUP_LINK_TEXTS[languageFor(undefined, language)];
    const link = await this.links.open(ticket, async (tx, tenantId) => {
      mustBeActive((await this.tenants.find(tx, tenantId))?.status, says.suspended);
      return this.signups.beginWithRoom(tx, tenantId);
    });
    if (link === undefined || typeof link === 'string') {
      this.logger.warn({ ip, why: link ?? 'unknown' }, 'a setup link was refused');
      throw new Refusal(410, `link_${link ?? 'unknown'}`, says[link ?? 'unknown']);
    }
    const { tenantId, linkId, signupId, returnUrl } = link;
    const tenant = await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId));
    mustBeActive(tenant?.status, says.suspended);
    const { accessToken, expiresIn } = this.tokens.issue({ subject: linkId, tenantId, role: SETUP_ROLE });
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      signup_id: signupId,
      tenant: { name: tenant?.name },
      return_url: returnUrl,
    };
  }
}
