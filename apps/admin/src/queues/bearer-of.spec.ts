import { bearerOf } from './bearer-of.js';

describe('who looks at the queues with a browser', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('is known by the access token given as a password', () => {
    expect(bearerOf(basic('sam:a.b.c'))).toBe('Bearer a.b.c');
    expect(bearerOf(basic(':a.b.c'))).toBe('Bearer a.b.c');
  });

  it('is known by a bearer token, or not at all, as elsewhere', () => {
    expect(bearerOf('Bearer a.b.c')).toBe('Bearer a.b.c');
    expect(bearerOf(undefined)).toBeUndefined();
    expect(bearerOf('Basic')).toBe('Basic');
  });
});
