import { Body, Controller, Get, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { Sessions } from '#libs/sessions';
import { AddressTakenError, type Caller, TenantCaller, TenantGuard, Tenants, TenantUser } from '#libs/tenants';
import { FoundAccountRequest } from './found-account.request.js';
import { SignInRequest } from './sign-in.request.js';

@ApiTags('Accounts')
@Controller('api/v1')
export class AccountsController {
  constructor(
    private readonly tenants: Tenants,
    private readonly sessions: Sessions,
    private readonly db: Database,
  ) {}

  /** Founds a tenant with its first owner. 409 when someone already signs in with the address. */
  @ApiOperation({ summary: 'Create an account' })
  @Post('accounts')
  async found(@Body() request: FoundAccountRequest) {
    const { tenantId, userId } = await this.tenants
      .found(
        { name: request.company.trim(), ...(request.country ? { country: request.country } : {}) },
        { email: request.email, password: request.password },
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
   * Signs a person in: `{access_token, token_type, expires_in (seconds), tenant}`. An unknown address and a wrong
   * password get the same 401 after the same time.
   */
  @ApiOperation({ summary: 'Sign in' })
  @Post('sessions')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async signIn(@Body() request: SignInRequest) {
    const user = await this.tenants.signIn(request.email, request.password);
    if (!user) {
      throw new Refusal(401, 'wrong_credentials', 'The e-mail address or the password is wrong.');
    }
    const { accessToken, expiresIn } = this.sessions.issue({
      subject: user.userId,
      tenantId: user.tenantId,
      role: user.role,
    });
    const tenant = await this.db.inTenant(user.tenantId, (tx) => this.tenants.find(tx, user.tenantId));
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      tenant: { id: user.tenantId, name: tenant?.name },
    };
  }

  /** Who calls: the tenant, and the signed-in person or the API key. */
  @ApiOperation({ summary: 'Who am I' })
  @ApiBearerAuth()
  @UseGuards(TenantGuard)
  @Get('me')
  async me(@TenantCaller() caller: Caller) {
    const { tenantId, userId, apiKeyId } = caller;
    return this.db.inTenant(tenantId, async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      const user = userId ? await tx.getRepository(TenantUser).findOneBy({ tenantId, userId }) : null;
      return {
        tenant: { id: tenantId, name: tenant?.name, country: tenant?.country, status: caller.tenantStatus },
        ...(user ? { user: { id: user.userId, email: user.email, role: user.role } } : {}),
        ...(apiKeyId ? { api_key: { id: apiKeyId } } : {}),
      };
    });
  }
}
