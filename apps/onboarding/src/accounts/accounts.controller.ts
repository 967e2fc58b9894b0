import { Body, Controller, Get, Headers, HttpCode, Ip, Post, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Applications } from '#libs/applications';
import { SignInThrottle } from '#libs/auth';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Features } from '#libs/provider-settings';
import { TenantLimits } from '#libs/tenant-limits';
import {
  AddressTakenError,
  type Caller,
  People,
  TenantCaller,
  TenantGuard,
  Tenants,
  TenantUserGuard,
} from '#libs/tenants';
import { WriteLetter } from '../mail/write-letter.js';
import { languageFor } from '../signups/texts/language.js';
import { CallerResponse, FoundAccountResponse } from './account.response.js';
import { FoundAccountRequest, LONGEST_PASSWORD } from './found-account.request.js';
import { ConfirmedResponse, LetterSentResponse } from './person.response.js';

class ConfirmRequest {
  @ApiProperty({ description: 'What stands behind # in the link of the letter' })
  @IsString()
  @MaxLength(200)
  ticket: string;

  @ApiProperty({ description: 'With which the account was made' })
  @IsString()
  @MaxLength(LONGEST_PASSWORD)
  password: string;
}

export const deadLink = (): Refusal =>
  new Refusal(410, 'link_spent', 'This link was used already, or is too old. Ask for a new one.');

@ApiTags('Accounts')
@Controller('api/v1')
export class AccountsController {
  constructor(
    private readonly tenants: Tenants,
    private readonly people: People,
    private readonly letter: WriteLetter,
    private readonly applications: Applications,
    private readonly db: Database,
    private readonly features: Features,
    private readonly limits: TenantLimits,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * Founds a tenant with its first owner, and sends a letter that asks to confirm the address. 409 when someone already
   * signs in with the address; 403 where the provider founds accounts itself.
   */
  @ApiOperation({ summary: 'Create an account' })
  @ApiCreatedResponse({ type: FoundAccountResponse })
  @Post('accounts')
  async found(@Body() request: FoundAccountRequest, @Headers('accept-language') language?: string) {
    this.features.require('accounts');
    const { tenantId, userId } = await this.tenants
      .found(
        { name: request.company.trim(), ...(request.country ? { country: request.country } : {}) },
        { email: request.email, password: request.password },
        async (tx, founded) => {
          const { email } = request;
          const ticket = await this.people.makeLink(tx, founded.tenantId, {
            kind: 'confirm-email',
            email,
            userId: founded.userId,
          });
          await this.letter.write(tx, founded.tenantId, {
            kind: 'confirm-email',
            to: email,
            language: languageFor(undefined, language),
            page: 'confirm',
            ticket,
          });
        },
      )
      .catch((error) => {
        if (!(error instanceof AddressTakenError)) throw error;
        throw new Refusal(
          409,
          'address_taken',
          'This e-mail address cannot be used for a new account. If it is yours, sign in instead.',
        );
      });
    return { tenant: { id: tenantId, name: request.company.trim() }, user: { id: userId } };
  }

  /**
   * Confirms an address by what its letter brought and the password of the account. Whoever has the address but did not make
   * the account does not know it (403 `wrong_password`) and chooses one of their own by `POST /password/forgotten`, which
   * ends what was made before. 410 for a link that was used or is too old.
   */
  @ApiOperation({ summary: 'Confirm an e-mail address' })
  @ApiOkResponse({ type: ConfirmedResponse })
  @Post('email/confirm')
  @HttpCode(200)
  async confirm(@Body() { ticket, password }: ConfirmRequest, @Ip() ip: string) {
    await this.throttle.attempt('confirm', ticket, ip);
    const user = await this.people.confirmEmail(ticket, password);
    if (!user) throw deadLink();
    if (user === 'wrong-password') {
      throw new Refusal(
        403,
        'wrong_password',
        'This is not the password with which the account was made. If you did not make it, choose a password of your own.',
      );
    }
    await this.throttle.succeeded('confirm', ticket, ip);
    await this.db.inTenant(user.tenantId, (tx) => this.applications.confirm(tx, user.tenantId));
    return { confirmed: true };
  }

  /** Sends the letter that asks to confirm the caller's address once more. */
  @ApiOperation({ summary: 'Send the confirmation again' })
  @ApiAcceptedResponse({ type: LetterSentResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Post('email/confirmation')
  @HttpCode(202)
  async sendAgain(@TenantCaller() { tenantId, userId }: Caller, @Headers('accept-language') language?: string) {
    const user = await this.people.find(tenantId, userId as string);
    if (!user) throw Refusal.notFound('user');
    if (user.emailConfirmedAt) throw Refusal.conflict('This address is confirmed already.');
    await this.db.inTenant(tenantId, async (tx) => {
      const ticket = await this.people.makeLink(tx, tenantId, {
        kind: 'confirm-email',
        email: user.email,
        userId: user.userId,
      });
      await this.letter.write(tx, tenantId, {
        kind: 'confirm-email',
        to: user.email,
        language: languageFor(undefined, language),
        page: 'confirm',
        ticket,
      });
    });
    return { sent: true };
  }

  /** Who calls: the tenant, and the signed-in person or the API key. */
  @ApiOperation({ summary: 'Who am I' })
  @ApiOkResponse({ type: CallerResponse })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Get('me')
  async me(@TenantCaller() caller: Caller) {
    const { tenantId, userId, apiKeyId } = caller;
    const [tenant, limits] = await this.db.inTenant(
      tenantId,
      async (tx) => [await this.tenants.find(tx, tenantId), await this.limits.of(tx, tenantId)] as const,
    );
    const user = userId ? await this.people.find(tenantId, userId) : null;
    return {
      tenant: {
        id: tenantId,
        name: tenant?.name,
        country: tenant?.country,
        status: caller.tenantStatus,
        closes_at: tenant?.closesAt ?? null,
        limits,
      },
      ...(user
        ? {
            user: {
              id: user.userId,
              email: user.email,
              role: user.role,
              email_confirmed: user.emailConfirmedAt !== null,
              second_factor: user.totpSince !== null,
            },
          }
        : {}),
      ...(apiKeyId ? { api_key: { id: apiKeyId, scopes: caller.scopes ?? null } } : {}),
    };
  }
}
