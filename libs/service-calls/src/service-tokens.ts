import { hkdfSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';

/** An app that calls others in the name of tenants. */
export type ServiceApp = 'engagement';
/** An app that lets such callers in. */
export type ServiceAudience = 'gateway' | 'billing';

/** Who acts, for whom. */
export interface ServiceCall {
  app: ServiceApp;
  tenantId: string;
}

/** So long is a token good; each call makes its own, so this only covers clocks that differ and a slow network. */
const SECONDS = 60;
/** In the token's header: what tells it from a person's session before its signature is looked at. */
const TYPE = 'paloma-service+jwt';

/** Signs and checks the tokens with which our apps call each other; one of another audience is worthless. */
export class ServiceTokens {
  private readonly jwt: JwtService;

  /** @param secret the one that all tenant apps share; the signing key is derived from it, so neither can stand in for the other */
  constructor(secret: string) {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'paloma service tokens', 32));
    this.jwt = new JwtService({
      secret: key,
      signOptions: { algorithm: 'HS256', issuer: 'paloma', expiresIn: SECONDS },
      verifyOptions: { algorithms: ['HS256'], issuer: 'paloma' },
    });
  }

  /** @returns a token for the header `Authorization: Bearer` */
  issue({ app, tenantId }: ServiceCall, audience: ServiceAudience): string {
    return this.jwt.sign({ tenantId }, { subject: app, audience, header: { alg: 'HS256', typ: TYPE } });
  }

  /** @returns undefined for a token that is forged, has expired or is for another app */
  read(token: string, audience: ServiceAudience): ServiceCall | undefined {
    if (!isServiceToken(token)) return undefined;
    try {
      const { sub, tenantId } = this.jwt.verify<{ sub: ServiceApp; tenantId: string }>(token, { audience });
      return { app: sub, tenantId };
    } catch {
      return undefined;
    }
  }
}

/** Whether a token says that it is one of these; `read` finds out whether that is true. */
export function isServiceToken(token: string): boolean {
  try {
    return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).typ === TYPE;
  } catch {
    return false;
  }
}
