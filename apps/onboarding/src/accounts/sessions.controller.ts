import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Ip,
  Param,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { SignInThrottle } from '#libs/auth';
import { Refusal } from '#libs/http';
import { isId } from '#libs/ids';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Sessions } from '#libs/sessions';
import {
  type Caller,
  type OpenSession,
  SecondFactors,
  TenantCaller,
  type TenantRole,
  Tenants,
  TenantUserGuard,
  UserSessions,
} from '#libs/tenants';
import { OpenSessionsResponse, SessionResponse } from './account.response.js';
import { LONGEST_PASSWORD } from './found-account.request.js';

class SignInRequest {
  @ApiProperty({ example: 'owner@shop.example' }) @IsString() @MaxLength(254) email: string;
  @ApiProperty() @IsString() @MaxLength(LONGEST_PASSWORD) password: string;
  @ApiPropertyOptional({ description: 'Six digits of the authenticator app, or a recovery code' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  second_factor?: string;
}
class RefreshRequest {
  @ApiProperty() @IsString() @MaxLength(200) refresh_token: string;
}

@ApiTags('Sessions')
@Controller('api/v1/sessions')
export class SessionsController {
  constructor(
    private readonly tenants: Tenants,
    private readonly secondFactors: SecondFactors,
    private readonly userSessions: UserSessions,
    private readonly tokens: Sessions,
    private readonly throttle: SignInThrottle,
    private readonly db: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Signs a person in: `{access_token, token_type, expires_in (seconds), refresh_token, tenant, user}`. An unknown
   * address and a wrong password get the same 401 after the same time; 429 asks to wait. Whoever uses a second factor
   * gets 401 `second_factor_needed` until it is sent along.
   */
  @ApiOperation({ summary: 'Sign in' })
  @ApiOkResponse({ type: SessionResponse })
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signIn(@Body() request: SignInRequest, @Ip() ip: string, @Req() http: FastifyRequest) {
    await this.throttle.attempt('sign-in', request.email, ip);
    const user = await this.tenants.signIn(request.email, request.password);
    if (!user) {
      // Not whom it was tried for: people type passwords into the wrong field.
      this.logger.warn({ ip, why: 'wrong_credentials' }, 'a sign-in was refused');
      throw new Refusal(401, 'wrong_credentials', 'The e-mail address or the password is wrong.');
    }
    const second = await this.secondFactors.judge(user.tenantId, user.userId, request.second_factor);
    if (second === 'wrong') {
      const { tenantId, userId } = user;
      this.logger.warn({ ip, tenantId, userId, why: 'wrong_second_factor' }, 'a sign-in was refused');
      throw new Refusal(401, 'wrong_second_factor', 'The code is wrong, or was used already. Wait for the next one.');
    }
    // Counts as an attempt until the code has come: asking for it must not excuse the codes that were guessed before.
    if (second === 'missing') {
      throw new Refusal(401, 'second_factor_needed', 'Send the six digits of your authenticator app as second_factor.');
    }
    await this.throttle.succeeded('sign-in', request.email, ip);
    const agent = http.headers['user-agent'];
    const from = { ...(agent ? { agent } : {}), address: ip };
    const opened = await this.userSessions.open(user.tenantId, user.userId, from, { passwordHash: user.passwordHash });
    return this.answer(opened, user.role);
  }

  /**
   * Exchanges a refresh token for the next one and a new access token. Each works once: one that comes a second time was
   * copied, so its session ends for everybody (401 `session_ended`).
   */
  @ApiOperation({ summary: 'Renew a session' })
  @ApiOkResponse({ type: SessionResponse })
  @Post('refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async refresh(@Body() { refresh_token }: RefreshRequest, @Ip() ip: string) {
    const session = await this.userSessions.refresh(refresh_token);
    if (session && 'stolen' in session) {
      this.logger.warn({ ip, ...session.stolen }, 'a refresh token came a second time; its session has ended');
      throw new Refusal(
        401,
        'session_ended',
        'This token was used before, so somebody else may have it. The session has ended; sign in again.',
      );
    }
    const holder = session && (await this.userSessions.holder(session.tenantId, session.sessionId));
    if (!session || !holder) throw Refusal.unauthenticated('Sign in again: the session has ended.');
    return this.answer(session, holder.role);
  }

  /** Where the caller is signed in, latest use first. */
  @ApiOperation({ summary: 'List my sessions' })
  @ApiOkResponse({ type: OpenSessionsResponse })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Get()
  async list(@TenantCaller() { tenantId, userId, sessionId }: Caller) {
    const sessions = await this.userSessions.list(tenantId, userId as string);
    return {
      data: sessions.map((s) => ({
        id: s.sessionId,
        current: s.sessionId === sessionId,
        agent: s.agent,
        from_address: s.fromAddress,
        created_at: s.createdAt,
        used_at: s.usedAt,
        expires_at: s.expiresAt,
      })),
    };
  }

  /** Ends one of the caller's sessions at once; `current` is the one that calls. */
  @ApiOperation({ summary: 'End a session' })
  @ApiBearerAuth()
  @UseGuards(TenantUserGuard)
  @Delete(':id')
  @HttpCode(204)
  async end(@TenantCaller() { tenantId, userId, sessionId }: Caller, @Param('id') id: string): Promise<void> {
    const which = id === 'current' ? (sessionId as string) : id;
    const why = which === sessionId ? 'signed-out' : 'revoked';
    if (!isId(which) || !(await this.userSessions.end(tenantId, userId as string, which, why))) {
      throw Refusal.notFound('live session');
    }
  }

  private async answer(session: OpenSession, role: TenantRole) {
    const { tenantId, userId, sessionId } = session;
    const { accessToken, expiresIn } = this.tokens.issue({ subject: userId, tenantId, role, sessionId });
    const tenant = await this.db.inTenant(tenantId, (tx) => this.tenants.find(tx, tenantId));
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      refresh_token: session.refreshToken,
      tenant: { id: tenantId, name: tenant?.name },
      user: { id: userId, role },
    };
  }
}
