import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsEmail, IsString, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { MayBeAbsent, Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { AuditLog, auditOf, Needs, PublicRoute, Staff, type StaffCaller } from '#libs/staff';
import { PasswordRequest } from './passwords.js';
import { OpenSessionsResponse, SessionResponse } from './session.response.js';
import { showSession } from './show-session.js';
import { SignIn } from './sign-in.js';
import { StaffSessions } from './staff-sessions.js';
import { whenceOf } from './whence.js';

class SignInRequest extends PasswordRequest {
  @ApiProperty() @IsEmail() @MaxLength(254) email: string;
  @ApiPropertyOptional({ description: 'Six digits of the authenticator app, or a recovery code' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(40)
  second_factor?: string;
}
class RefreshRequest {
  @ApiProperty() @IsString() @MaxLength(200) refresh_token: string;
}

@ApiTags('identity')
@Controller('admin/v1/sessions')
export class SessionsController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: StaffSessions,
    private readonly audit: AuditLog,
    private readonly db: Database,
  ) {}

  /**
   * Signs a member of staff in; the token is worthless on tenants' routes, as theirs are here. Whoever uses a second factor
   * gets 401 `second_factor_needed` until it is sent along. Where one is required and there is none yet, the answer says
   * `second_factor: must_be_added`.
   */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @PublicRoute()
  @ApiOperation({ summary: 'Sign in' })
  @ApiOkResponse({ type: SessionResponse })
  open(@Body() request: SignInRequest, @Req() http: FastifyRequest): Promise<SessionResponse> {
    const { email, password, second_factor: secondFactor } = request;
    return this.signIn.byPassword({ email, password, secondFactor }, whenceOf(http));
  }

  /**
   * Exchanges a refresh token for the next one and a new access token. Each works once: one that comes a second time was
   * copied, so its session ends for everybody (401 `session_ended`).
   */
  @Post('refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @PublicRoute()
  @ApiOperation({ summary: 'Renew a session' })
  @ApiOkResponse({ type: SessionResponse })
  refresh(@Body() { refresh_token }: RefreshRequest, @Req() http: FastifyRequest): Promise<SessionResponse> {
    return this.signIn.byRefreshToken(refresh_token, whenceOf(http));
  }

  /** Where the caller is signed in, latest use first. */
  @Get()
  @Needs('account.own')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'List my sessions' })
  @ApiOkResponse({ type: OpenSessionsResponse })
  async list(@Staff() { staffId, sessionId }: StaffCaller): Promise<OpenSessionsResponse> {
    return { data: (await this.sessions.list(staffId)).map((s) => showSession(s, sessionId)) };
  }

  /** Ends one of the caller's sessions at once, in every process; `current` is the one that calls. */
  @Delete(':id')
  @HttpCode(204)
  @Needs('account.own')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'End a session' })
  async end(@Staff() staff: StaffCaller, @Param('id') id: string): Promise<void> {
    const which = id === 'current' ? staff.sessionId : id;
    if (!isId(which)) throw Refusal.notFound('live session');
    const why = which === staff.sessionId ? 'signed-out' : 'revoked';
    await this.db.inTenant(PROVIDER_TENANT, async (tx) => {
      if (!(await this.sessions.end(tx, staff.staffId, which, why))) throw Refusal.notFound('live session');
      await this.audit.record(tx, { ...auditOf(staff, why), action: 'session.end', object: `session:${which}` });
    });
  }
}
