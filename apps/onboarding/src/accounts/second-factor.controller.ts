import { Body, Controller, Header, HttpCode, Ip, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { SignInThrottle, totpUri } from '#libs/auth';
import { Refusal } from '#libs/http';
import { Branding } from '#libs/provider-settings';
import { type Caller, People, SecondFactors, TenantCaller, TenantUserGuard } from '#libs/tenants';
import { LONGEST_PASSWORD } from './found-account.request.js';
import { BegunFactorResponse, RecoveryCodesResponse } from './person.response.js';
import { requireConfirmed } from './require-confirmed.js';

class PasswordRequest {
  @ApiProperty() @IsString() @MaxLength(LONGEST_PASSWORD) password: string;
}
class CodeRequest {
  @ApiProperty({ example: '123456' }) @Matches(/^\d{6}$/, { message: 'code must be six digits' }) code: string;
}

/**
 * A second factor (RFC 6238) for the caller's own sign-in. Each change of it needs the password once more, and to begin one a
 * confirmed address.
 */
@ApiTags('Second factor')
@ApiBearerAuth()
@UseGuards(TenantUserGuard)
@Controller('api/v1/second-factor')
export class SecondFactorController {
  constructor(
    private readonly people: People,
    private readonly secondFactors: SecondFactors,
    private readonly throttle: SignInThrottle,
    private readonly branding: Branding,
  ) {}

  /** Begins: `secret` and `uri` go into an authenticator app. Nothing is asked for at sign-in before it is confirmed. */
  @ApiOperation({ summary: 'Begin a second factor' })
  @ApiCreatedResponse({ type: BegunFactorResponse })
  @Post()
  @Header('cache-control', 'no-store')
  async begin(@TenantCaller() caller: Caller, @Body() { password }: PasswordRequest, @Ip() ip: string) {
    const user = await this.prove(caller, password, ip);
    requireConfirmed(user);
    if (user.totpSince) throw Refusal.conflict('A second factor is in use already. Remove it first.');
    const secret = await this.secondFactors.begin(user.tenantId, user.userId);
    return { secret, uri: totpUri(this.branding.name, user.email, secret) };
  }

  /** Confirms with a code of the app. `recovery_codes` are shown in this answer only; each works once. */
  @ApiOperation({ summary: 'Confirm the second factor' })
  @ApiOkResponse({ type: RecoveryCodesResponse })
  @Post('confirm')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async confirm(
    @TenantCaller() { tenantId, userId, sessionId }: Caller,
    @Body() { code }: CodeRequest,
    @Ip() ip: string,
  ) {
    await this.throttle.attempt('second-factor', userId as string, ip);
    const codes = await this.secondFactors.confirm(tenantId, userId as string, sessionId as string, code);
    if (!codes) throw new Refusal(403, 'wrong_second_factor', 'The code is wrong, or no second factor was begun.');
    await this.throttle.succeeded('second-factor', userId as string, ip);
    return { recovery_codes: codes };
  }

  /** Removes the second factor. */
  @ApiOperation({ summary: 'Remove the second factor' })
  @Post('remove')
  @HttpCode(204)
  async remove(@TenantCaller() caller: Caller, @Body() { password }: PasswordRequest, @Ip() ip: string): Promise<void> {
    const user = await this.prove(caller, password, ip);
    await this.secondFactors.drop(user.tenantId, user.userId);
  }

  private async prove({ tenantId, userId }: Caller, password: string, ip: string) {
    const who = userId as string;
    await this.throttle.attempt('second-factor', who, ip);
    if (!(await this.people.passwordIs(tenantId, who, password))) {
      throw new Refusal(403, 'wrong_password', 'The password is wrong.');
    }
    await this.throttle.succeeded('second-factor', who, ip);
    const user = await this.people.find(tenantId, who);
    if (!user) throw Refusal.notFound('user');
    return user;
  }
}
