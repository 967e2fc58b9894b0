import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { useEnvironment } from '#libs/config';
import { ClickCodes } from './click-codes.js';

const [first, second] = ['k1', 'k2'].map((name) => `${name}:${randomBytes(32).toString('base64')}`) as [string, string];
const codes = (keys: string) => {
  useEnvironment({ ENGAGEMENT_PUBLIC_URL: 'https://go.example/', ENCRYPTION_KEYS: keys });
  return new ClickCodes();
};
const links = fc.record({ tenantId: fc.uuid(), messageId: fc.uuid(), nth: fc.integer({ min: 0, max: 255 }) });

describe('the code of a counted link', () => {
  it('says whose message and which link, in letters that an address takes, and is refused once any of it is changed', () => {
    const ours = codes(first);
    fc.assert(
      fc.property(links, fc.nat(40), fc.integer({ min: 1, max: 255 }), (link, at, by) => {
        const code = ours.of(link);
        expect(code).toMatch(/^[\w-]{55}$/);
        expect(ours.read(code)).toEqual(link);
        const bytes = Buffer.from(code, 'base64url');
        bytes[at] = (bytes[at] as number) ^ by;
        expect(ours.read(bytes.toString('base64url'))).toBeUndefined();
      }),
    );
  });

  it('is read while keys are exchanged, and by nobody with another key', () => {
    const link = { tenantId: crypto.randomUUID(), messageId: crypto.randomUUID(), nth: 3 };
    const code = codes(first).of(link);
    expect(codes(`${second},${first}`).read(code)).toEqual(link);
    expect(codes(second).read(code)).toBeUndefined();
    expect(codes(first).read('')).toBeUndefined();
    expect(codes(first).base).toBe('https://go.example/l/');
  });
});
