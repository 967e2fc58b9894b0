import { createSecretKey, type KeyObject } from 'node:crypto';
import { type DynamicModule, Global, Injectable, Module, type Type } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { loadConfig } from '#libs/config';
import { type Audience, SESSION_SECONDS, type Session, Sessions } from './sessions.js';

const SECRET = { tenant: 'TENANT_JWT_SECRET', staff: 'STAFF_JWT_SECRET' } as const;
const strategyName = (audience: Audience) => `${audience}-session`;

interface Claims {
  sub: string;
  tenantId?: string;
  role: string;
  sessionId?: string;
}

/** A strategy of passport-jwt for one audience: signature, expiry, issuer and audience are checked by the library. */
function strategyOf(audience: Audience, secret: () => KeyObject): Type {
  @Injectable()
  class SessionStrategy extends PassportStrategy(Strategy, strategyName(audience)) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: secret().export(),
        algorithms: ['HS256'],
        issuer: 'paloma',
        audience,
      });
    }
    validate(claims: Claims): Session {
      const { sub: subject, role, tenantId, sessionId } = claims;
      return { subject, role, ...(tenantId ? { tenantId } : {}), ...(sessionId ? { sessionId } : {}) };
    }
  }
  return SessionStrategy;
}

/** Signing in and being signed in, for one audience per app. */
@Global()
@Module({})
export class SessionsModule {
  static forAudience(audience: Audience): DynamicModule {
    const secret = () => createSecretKey(loadConfig([SECRET[audience]])[SECRET[audience]], 'utf8');
    return {
      module: SessionsModule,
      imports: [
        PassportModule,
        JwtModule.registerAsync({
          useFactory: () => ({
            secret: secret().export(),
            signOptions: { algorithm: 'HS256', expiresIn: SESSION_SECONDS[audience], issuer: 'paloma', audience },
          }),
        }),
      ],
      providers: [
        { provide: Sessions, inject: [JwtService], useFactory: (jwt: JwtService) => new Sessions(jwt, audience) },
        strategyOf(audience, secret),
      ],
      exports: [Sessions],
    };
  }
}

/** The guard of passport for an audience; the session is then `request.user`. */
export const SessionGuard = (audience: Audience): Type<InstanceType<ReturnType<typeof AuthGuard>>> =>
  AuthGuard(strategyName(audience));
