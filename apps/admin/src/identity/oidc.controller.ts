import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { PublicRoute } from '#libs/staff';
import { Vault } from '#libs/vault';
import { type Errand, IdentityProvider } from './identity-provider.js';
import { SessionResponse } from './session.response.js';
import { SignIn } from './sign-in.js';
import { whenceOf } from './whence.js';

const COOKIE = 'paloma_staff_errand';
const PATH = '/admin/v1/oidc';
const ERRAND_SECONDS = 600;
const CONTEXT = 'staff-oidc-errand';

/**
 * Signing in through the provider's identity provider. The cookie ties the answer to the browser that asked, so nobody can
 * be signed in as somebody else by a link; what it holds is sealed.
 */
@ApiTags('identity')
@Controller('admin/v1/oidc')
export class OidcController {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly signIn: SignIn,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('start')
  @PublicRoute()
  @ApiOperation({ summary: 'Sign in through the identity provider' })
  @ApiFoundResponse({ description: 'To the identity provider' })
  async start(@Res() reply: FastifyReply): Promise<void> {
    const { url, errand } = await this.provider.begin();
    const until = this.clock.now().getTime() + ERRAND_SECONDS * 1_000;
    const sealed = this.vault.seal(JSON.stringify({ ...errand, until }), CONTEXT);
    void reply
      .header('set-cookie', this.cookie(sealed, ERRAND_SECONDS))
      .header('cache-control', 'no-store')
      .redirect(url.href, 302);
  }

  /** Where the identity provider sends the browser back to; answers like signing in with a password. */
  @Get('callback')
  @Header('cache-control', 'no-store')
  @PublicRoute()
  @ApiOperation({ summary: 'Come back from the identity provider' })
  @ApiOkResponse({ type: SessionResponse })
  async callback(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionResponse> {
    const errand = this.errandOf(request);
    void reply.header('set-cookie', this.cookie('', 0));
    const { identity, email } = await this.provider.finish(new URL(request.url, 'http://x').search, errand);
    return this.signIn.byIdentity(identity, email, whenceOf(request));
  }

  private cookie(value: string, seconds: number): string {
    const secure = this.provider.redirectUrl.protocol === 'https:' ? '; Secure' : '';
    return `${COOKIE}=${value}; Path=${PATH}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  }

  private errandOf(request: FastifyRequest): Errand {
    const given = (request.headers.cookie ?? '')
      .split(/;\s*/)
      .find((pair) => pair.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    try {
      const { until, ...errand } = JSON.parse(this.vault.open(given ?? '', CONTEXT)) as Errand & { until: number };
      if (this.clock.now().getTime() <= until) return errand;
    } catch {
      // No cookie of ours: refused like one that is too old.
    }
    throw new Refusal(
      401,
      'sign_in_refused',
      'This sign-in was not begun in this browser, or too long ago. Begin again.',
    );
  }
}
