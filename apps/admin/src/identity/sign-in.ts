import { Injectable } from '@nestjs/common';
import { SignInThrottle } from '#libs/auth';
import { loadConfig } from '#libs/config';
import { Refusal } from '#libs/http';
import { Sessions } from '#libs/sessions';
import { SecondFactors } from './second-factors.js';
import type { SessionResponse } from './session.response.js';
import { type OpenSession, StaffSessions } from './staff-sessions.js';
import { type StaffUser, StaffUsers } from './staff-users.js';
import type { Whence } from './whence.js';

/** Signs a member of staff in: with a password and what else the account needs, or as the identity provider says. */
@Injectable()
export class SignIn {
  private readonly secondFactor = loadConfig(['STAFF_TOTP']).STAFF_TOTP;

  constructor(
    private readonly users: StaffUsers,
    private readonly factors: SecondFactors,
    private readonly sessions: StaffSessions,
    private readonly tokens: Sessions,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * @throws Refusal 401 `wrong_credentials`, `second_factor_needed` or `wrong_second_factor`; 429 `slow_down` for who
   *   guesses, by address and source together, so that nobody can close somebody else's account
   */
  async byPassword(
    given: { email: string; password: string; secondFactor?: string | undefined },
    from: Whence,
  ): Promise<SessionResponse> {
    await this.throttle.attempt('staff-sign-in', given.email, from.fromAddress);
    const user = await this.users.byPassword(given.email, given.password);
    if (!user) throw new Refusal(401, 'wrong_credentials', 'The e-mail address or the password is wrong.');
    const second = await this.factors.judge(user.staffId, given.secondFactor);
    if (second === 'missing') {
      throw new Refusal(
        401,
        'second_factor_needed',
        'The password is right. Send it again together with second_factor: the six digits of your authenticator app, or a recovery code.',
      );
    }
    if (second === 'wrong') {
      throw new Refusal(401, 'wrong_second_factor', 'The code is wrong, or was used already. Wait for the next one.');
    }
    await this.throttle.succeeded('staff-sign-in', given.email, from.fromAddress);
    const way = second === 'not-used' ? 'password' : 'second-factor';
    const more = second === 'recovery-code' ? { recovery_codes_left: user.recoveryCodes - 1 } : {};
    return this.answer(await this.sessions.open(user, way, from, more), user);
  }

  /** @param identity issuer and subject; @param email only if the identity provider has confirmed it */
  async byIdentity(identity: string, email: string | undefined, from: Whence): Promise<SessionResponse> {
    const user = await this.users.byIdentity(identity, email, from);
    if (!user)
      throw new Refusal(403, 'no_account', 'Nobody here has this identity. Ask an administrator to invite you.');
    return this.answer(await this.sessions.open(user, 'oidc', from), user);
  }

  /** @throws Refusal 401 `session_ended` for a token that was used before, which ends the session; 401 for a dead one */
  async byRefreshToken(refreshToken: string, from: Whence): Promise<SessionResponse> {
    const session = await this.sessions.refresh(refreshToken, from);
    if (session === 'stolen') {
      throw new Refusal(
        401,
        'session_ended',
        'This token was used before, so somebody else may have it. The session has ended; sign in again.',
      );
    }
    const user = session && (await this.users.find(session.staffId));
    if (!session || !user) throw Refusal.unauthenticated('Sign in again: the session has ended.');
    return this.answer(session, user);
  }

  private answer(session: OpenSession, user: StaffUser): SessionResponse {
    const { accessToken, expiresIn } = this.tokens.issue({
      subject: user.staffId,
      role: user.role,
      sessionId: session.sessionId,
    });
    const none = this.secondFactor === 'required' ? 'must_be_added' : 'not_used';
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: expiresIn,
      refresh_token: session.refreshToken,
      second_factor: session.way === 'password' ? none : 'proved',
      staff: { id: user.staffId, email: user.email, role: user.role },
    };
  }
}
