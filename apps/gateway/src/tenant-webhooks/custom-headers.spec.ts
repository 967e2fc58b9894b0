import { whyUnfit } from './custom-headers.js';

describe('headers that a tenant has sent along with its posts', () => {
  it.each<[string, Record<string, unknown>]>([
    ['none', {}],
    ['a key of its own', { Authorization: 'Bearer secret', 'X-Shop': '' }],
  ])('may be %s', (_, headers) => {
    expect(whyUnfit(headers)).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['ours', { 'X-Hub-Signature-256': 'sha256=0' }, 'X-Hub-Signature-256'],
    ['of the connection', { Host: 'shop.example' }, 'Host'],
    ['two in one', { 'X-Shop': 'a\r\nX-Other: b' }, 'X-Shop'],
    ['no text', { 'X-Shop': 5 }, 'X-Shop'],
    // Three thousand headers of a thousand characters would be refused by whoever gets them, post after post.
    [
      'more than a server takes',
      Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`X-${i}`, 'x'.repeat(900)])),
      '4000',
    ],
  ])('may not be %s', (_, headers, words) => {
    expect(whyUnfit(headers)).toContain(words);
  });
});
