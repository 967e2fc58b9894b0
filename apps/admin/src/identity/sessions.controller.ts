import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import { Refusal } from '#libs/http';
import { Sessions } from '#libs/sessions';
import { PublicRoute, type StaffRole } from '#libs/staff';
import { LOCK_OUT, StaffUsers } from './staff-users.js';

class SignInRequest {
  @ApiProperty() @IsEmail() @MaxLength(200) email: string;
  @ApiProperty() @IsString() @MaxLength(200) password: string;
}

interface SessionResponse {
  access_token: string;
  /** Seconds. */
  expires_in: number;
  staff: { id: string; email: string; role: StaffRole };
}

@ApiTags('identity')
@Controller('admin/v1/sessions')
export class SessionsController {
  constructor(
    private readonly users: StaffUsers,
    private readonly sessions: Sessions,
  ) {}

  /** Signs a member of staff in; the token is worthless on tenants' routes, as theirs are here. */
  @Post()
  @HttpCode(200)
  @PublicRoute()
  @ApiOperation({ summary: 'Sign in' })
  async signIn(@Body() request: SignInRequest): Promise<SessionResponse> {
    const user = await this.users.signIn(request.email, request.password);
    if (!user) {
      throw Refusal.unauthenticated(
        `E-mail address or password is wrong. After ${LOCK_OUT.failures} wrong passwords an account stays closed for ${LOCK_OUT.minutes} minutes.`,
      );
    }
    const { accessToken, expiresIn } = this.sessions.issue({ subject: user.staffId, role: user.role });
    return {
      access_token: accessToken,
      expires_in: expiresIn,
      staff: { id: user.staffId, email: user.email, role: user.role },
    };
  }
}
