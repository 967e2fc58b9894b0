import { jest } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import { isServiceToken, ServiceTokens } from './service-tokens.js';

const SECRET = 'a secret of at least thirty-two characters';
const TENANT = '0195f000-0000-7000-8000-000000000001';

describe('a token between our apps', () => {
  const tokens = new ServiceTokens(SECRET);
  const token = tokens.issue({ app: 'engagement', tenantId: TENANT }, 'gateway');

  it('names the app that acts and the tenant it acts for', () => {
    expect(isServiceToken(token)).toBe(true);
    expect(tokens.read(token, 'gateway')).toEqual({ app: 'engagement', tenantId: TENANT });
  });

  it('is good at the app it is for and nowhere else', () => {
    expect(tokens.read(token, 'billing')).toBeUndefined();
  });

  it('cannot be made with another secret, nor with the shared one as it is', () => {
    expect(new ServiceTokens(`${SECRET}!`).read(token, 'gateway')).toBeUndefined();
    const forged = new JwtService({ secret: SECRET }).sign(
      { tenantId: TENANT },
      {
        subject: 'engagement',
        issuer: 'paloma',
        audience: 'gateway',
        header: { alg: 'HS256', typ: 'paloma-service+jwt' },
      },
    );
    expect(isServiceToken(forged)).toBe(true);
    expect(tokens.read(forged, 'gateway')).toBeUndefined();
  });

  it('is not what a session or a key is', () => {
    const session = new JwtService({ secret: SECRET }).sign({ tenantId: TENANT }, { subject: 'engagement' });
    for (const other of [session, 'paloma_key', '', 'a.b.c']) {
      expect(isServiceToken(other)).toBe(false);
      expect(tokens.read(other, 'gateway')).toBeUndefined();
    }
  });

  it('ends after a minute', () => {
    jest.useFakeTimers({ now: Date.now() + 61_000 });
    try {
      expect(tokens.read(token, 'gateway')).toBeUndefined();
    } finally {
      jest.useRealTimers();
    }
  });
});
