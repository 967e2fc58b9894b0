import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { metaJson, sign } from './signature.js';

describe('the bytes of a webhook', () => {
  it('are plain ASCII with escaped slashes, as Meta sends them', () => {
    expect(metaJson({ name: 'Zoë 👋', url: 'https://a/b' })).toBe(
      '{"name":"Zo\\u00eb \\ud83d\\udc4b","url":"https:\\/\\/a\\/b"}',
    );
  });

  it('say the same as the body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const written = metaJson({ value, text });
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ value, text })));
        expect(Buffer.byteLength(written)).toBe(written.length);
      }),
    );
  });

  it('are signed as sent', () => {
    const written = metaJson({ name: 'Zoë' });
    expect(sign(written, 'secret')).toBe(`sha256=${createHmac('sha256', 'secret').update(written).digest('hex')}`);
  });
});
