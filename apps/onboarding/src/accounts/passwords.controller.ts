import { Body, Controller, Headers, HttpCode, Ip, Post, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsString, Length, MaxLength } from 'class-validator';
import { Applications } from '#libs/applications';
import { SignInThrottle } from '#libs/auth';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { ShopSources } from '#libs/shop-sources';
import { WebhookEndpoints } from '#libs/tenant-events';
import { type Caller, People, TenantCaller, TenantUserGuard } from '#libs/tenants';
import { WriteLetter } from '../mail/write-letter.js';
import { type Language, languageFor } from '../signups/texts/language.js';
import { deadLink } from './accounts.controller.js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './found-account.request.js';
import { PasswordChangedResponse, PasswordResetResponse, ResetAskedResponse } from './person.response.js';

class ForgottenRequest {
  @ApiProperty({ example: 'owner@shop.example' }) @IsEmail() @MaxLength(254) email: string;
}
class ResetRequest {
  @ApiProperty() @IsString() @MaxLength(200) ticket: string;
  @ApiProperty() @IsString() @Length(SHORTEST_PASSWORD, LONGEST_PASSWORD) password: string;
}
class ChangeRequest {
  @ApiProperty() @IsString() @MaxLength(LONGEST_PASSWORD) old_password: string;
  @ApiProperty() @IsString() @Length(SHORTEST_PASSWORD, LONGEST_PASSWORD) password: string;
}

@ApiTags('Passwords')
@Controller('api/v1/password')
export class PasswordsController {
  constructor(
    private readonly people: People,
    private readonly letter: WriteLetter,
    private readonly throttle: SignInThrottle,
    private readonly applications: Applications,
    private readonly endpoints: WebhookEndpoints,
    private readonly shops: ShopSources,
    private readonly db: Database,
  ) {}

  /** Sends a link with which to choose a new password. The answer is the same whether somebody has the address. */
  @ApiOperation({ summary: 'Ask for a new password' })
  @ApiAcceptedResponse({ type: ResetAskedResponse })
  @Post('forgotten')
  @HttpCode(202)
  async forgotten(
    @Body() { email }: ForgottenRequest,
    @Ip() ip: string,
    @Headers('accept-language') language?: string,
  ) {
    await this.throttle.attempt('forgotten', email, ip);
    const user = await this.people.findByEmail(email);
    if (user) {
      await this.db.inTenant(user.tenantId, async (tx) => {
        const ticket = await this.people.makeLink(tx, user.tenantId, {
          kind: 'reset-password',
          email,
          userId: user.userId,
        });
        await this.letter.write(tx, user.tenantId, {
          kind: 'reset-password',
          to: email.toLowerCase(),
          language: languageFor(undefined, language),
          page: 'reset',
          ticket,
        });
      });
    }
    return { sent: 'If somebody signs in with this address, a letter is on its way to it.' };
  }

  /**
   * Chooses a new password by what the letter brought; every session of the person ends. Where the address was not confirmed
   * before, so does what was made without that proof: the second factor, and the API keys, setup links, webhooks and connected
   * shops that `switched_off` counts; links of exports end with the session or key that made them. 410 for a spent link.
   */
  @ApiOperation({ summary: 'Choose a new password' })
  @ApiOkResponse({ type: PasswordResetResponse })
  @Post('reset')
  @HttpCode(200)
  async reset(@Body() { ticket, password }: ResetRequest, @Headers('accept-language') language?: string) {
    let also = { webhooks: 0, shop_sources: 0 };
    const user = await this.people.resetPassword(ticket, password, async (tx, tenantId) => {
      also = {
        webhooks: await this.endpoints.switchAllOff(tx, tenantId),
        shop_sources: await this.shops.removeAll(tx, tenantId),
      };
    });
    if (!user) throw deadLink();
    await this.db.inTenant(user.tenantId, (tx) => this.applications.confirm(tx, user.tenantId));
    await this.tell(user.tenantId, user.userId, languageFor(undefined, language));
    const { takenOver: off } = user;
    return {
      changed: true,
      ...(off ? { switched_off: { api_keys: off.apiKeys.length, setup_links: off.setupLinks, ...also } } : {}),
    };
  }

  /** Changes the caller's password; every session of the person ends, this one too. */
  @ApiOperation({ summary: 'Change my password' })
  @ApiOkResponse({ type: PasswordChangedResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Post('change')
  @HttpCode(200)
  async change(
    @TenantCaller() { tenantId, userId }: Caller,
    @Body() request: ChangeRequest,
    @Ip() ip: string,
    @Headers('accept-language') language?: string,
  ) {
    const who = userId as string;
    await this.throttle.attempt('change', who, ip);
    if (!(await this.people.changePassword(tenantId, who, request.old_password, request.password))) {
      throw new Refusal(403, 'wrong_password', 'The old password is wrong.');
    }
    await this.throttle.succeeded('change', who, ip);
    await this.tell(tenantId, who, languageFor(undefined, language));
    return { changed: true };
  }

  private async tell(tenantId: string, userId: string, language: Language): Promise<void> {
    const user = await this.people.find(tenantId, userId);
    if (!user) return;
    await this.db.inTenant(tenantId, (tx) =>
      this.letter.write(tx, tenantId, { kind: 'password-changed', to: user.email, language, page: 'forgotten' }),
    );
  }
}
