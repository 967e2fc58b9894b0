import { readFileSync } from 'node:fs';
import { isSignedBy, signBody } from './signature.js';

describe('the signature of a webhook', () => {
  it('is the HMAC-SHA256 of the raw bytes in hex', () => {
    // RFC 4231, test case 2.
    expect(signBody('what do ya want for nothing?', 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is accepted with any secret in rotation, and refused when absent, cut, of another body or another secret', () => {
    const signed = signBody('{"a":1}', 'old');
    expect(isSignedBy('{"a":1}', signed, ['new', 'old'])).toBe(true);
    expect(isSignedBy('{"a":1}', signed, ['new'])).toBe(false);
    expect(isSignedBy('{"a":2}', signed, ['old'])).toBe(false);
    expect(isSignedBy('{"a":1}', signed.slice(0, -1), ['old'])).toBe(false);
    expect(isSignedBy('{"a":1}', undefined, ['old'])).toBe(false);
    expect(isSignedBy('{"a":1}', '', [])).toBe(false);
  });

  it('has a test vector in the documentation that is true', () => {
    const page = readFileSync(new URL('../../../docs/api/webhooks.md', import.meta.url), 'utf8');
    expect(page).toContain(signBody('{"object":"whatsapp_business_account","entry":[]}', 'whsec_dGVzdA=='));
  });
});
