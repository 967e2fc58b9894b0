import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

/** Who is signed in: a merchant's user (with tenant) or a member of staff (without). */
export interface Session {
  subject: string;
  tenantId?: string;
  role: string;
}

/** Tokens are checked without asking the database, so they must not live long. */
export const SESSION_SECONDS = 3_600;

/** Signs session tokens for one audience; a token of one audience is worthless in the other. */
@Injectable()
export class Sessions {
  constructor(private readonly jwt: JwtService) {}

  issue(session: Session): { accessToken: string; expiresIn: number } {
    const { subject, ...claims } = session;
    return { accessToken: this.jwt.sign(claims, { subject }), expiresIn: SESSION_SECONDS };
  }
}
