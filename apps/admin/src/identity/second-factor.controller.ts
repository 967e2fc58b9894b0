import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { SignInThrottle, totpUri } from '#libs/auth';
import { MayBeAbsent, Refusal } from '#libs/http';
import { Branding } from '#libs/provider-settings';
import { auditOf, Needs, Staff, type StaffCaller } from '#libs/staff';
import { PasswordRequest } from './passwords.js';
import { SecondFactors } from './second-factors.js';
import { StaffUsers } from './staff-users.js';

class ProofRequest extends PasswordRequest {
  @ApiPropertyOptional({ description: 'Where a second factor is in use: a code of it, or a recovery code' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  second_factor?: string;
}
class ConfirmRequest {
  @ApiProperty({ description: 'What beginning answered' }) @IsString() @MaxLength(1_000) begun: string;
  @ApiProperty({ example: '123456' }) @Matches(/^\d{6}$/, { message: 'code must be six digits' }) code: string;
}
class BegunResponse {
  @ApiProperty({ description: 'Base32, to be typed into an authenticator app' }) secret: string;
  @ApiProperty({ description: 'The same as an otpauth address, for a QR code' }) uri: string;
  @ApiProperty({ description: 'To be sent back with the first code, within a quarter of an hour' }) begun: string;
}
class RecoveryCodesResponse {
  @ApiProperty({ type: [String], description: 'Each works once; shown in this answer only' }) recovery_codes: string[];
}

/** A second factor (RFC 6238) for the caller's own sign-in. Each step needs the password, and the factor in use, once more. */
@ApiTags('identity')
@ApiBearerAuth()
@Controller('admin/v1/second-factor')
export class SecondFactorController {
  constructor(
    private readonly users: StaffUsers,
    private readonly factors: SecondFactors,
    private readonly throttle: SignInThrottle,
    private readonly branding: Branding,
  ) {}

  /** Begins a second factor, also in place of the one in use. Nothing changes before it is confirmed. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('account.own')
  @ApiOperation({ summary: 'Begin a second factor' })
  @ApiOkResponse({ type: BegunResponse })
  async begin(@Staff() staff: StaffCaller, @Body() request: ProofRequest): Promise<BegunResponse> {
    await this.prove(staff, request);
    const { secret, begun } = this.factors.begin(staff.staffId);
    return { secret, uri: totpUri(`${this.branding.name} staff`, staff.email, secret), begun };
  }

  /** Confirms with a code of the app; the session may now do what its role may. */
  @Post('confirm')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('account.own')
  @ApiOperation({ summary: 'Confirm the second factor' })
  @ApiOkResponse({ type: RecoveryCodesResponse })
  async confirm(@Staff() staff: StaffCaller, @Body() request: ConfirmRequest): Promise<RecoveryCodesResponse> {
    const { staffId, fromAddress } = staff;
    await this.throttle.attempt('staff-second-factor', staffId, fromAddress);
    const by = auditOf(staff, 'added by its owner');
    const codes = await this.factors.confirm(staffId, request.begun, request.code, by);
    if (!codes) throw new Refusal(403, 'wrong_second_factor', 'The code is wrong, or it was begun too long ago.');
    await this.throttle.succeeded('staff-second-factor', staffId, fromAddress);
    return { recovery_codes: codes };
  }

  /** Ten new recovery codes; the old ones work no more. */
  @Post('recovery-codes')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Needs('account.own')
  @ApiOperation({ summary: 'Renew my recovery codes' })
  @ApiOkResponse({ type: RecoveryCodesResponse })
  async renew(@Staff() staff: StaffCaller, @Body() request: ProofRequest): Promise<RecoveryCodesResponse> {
    if ((await this.prove(staff, request)) === 'not-used') {
      throw Refusal.conflict('There is no second factor that codes could stand in for.');
    }
    return { recovery_codes: await this.factors.renewCodes(staff.staffId, auditOf(staff, 'renewed by their owner')) };
  }

  private async prove({ staffId, fromAddress }: StaffCaller, { password, second_factor }: ProofRequest) {
    await this.throttle.attempt('staff-second-factor', staffId, fromAddress);
    if (!(await this.users.passwordIs(staffId, password))) {
      throw new Refusal(403, 'wrong_password', 'The password is wrong.');
    }
    const verdict = await this.factors.judge(staffId, second_factor);
    if (verdict === 'missing' || verdict === 'wrong') {
      throw new Refusal(403, 'wrong_second_factor', 'Send a code of the second factor in use, or a recovery code.');
    }
    await this.throttle.succeeded('staff-second-factor', staffId, fromAddress);
    return verdict;
  }
}
