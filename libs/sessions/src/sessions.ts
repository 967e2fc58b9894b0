import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

export type Audience = 'tenant' | 'staff';

/** Who is signed in: a merchant's user (with tenant) or a member of staff (without). */
export interface Session {
  subject: string;
  tenantId?: string;
  role: string;
  /** The session that the token belongs to, where sessions can be ended. */
  sessionId?: string;
}

/**
 * How long an access token is good, in seconds. A merchant's is renewed with a refresh token, so it may be short; the
 * staff's is not.
 */
export const SESSION_SECONDS: Readonly<Record<Audience, number>> = { tenant: 900, staff: 3_600 };

/** Signs session tokens for one audience; a token of one audience is worthless in the other. */
@Injectable()
export class Sessions {
  constructor(
    private readonly jwt: JwtService,
    private readonly audience: Audience,
  ) {}

  issue(session: Session): { accessToken: string; expiresIn: number } {
    const { subject, ...claims } = session;
    return { accessToken: this.jwt.sign(claims, { subject }), expiresIn: SESSION_SECONDS[this.audience] };
  }
}
