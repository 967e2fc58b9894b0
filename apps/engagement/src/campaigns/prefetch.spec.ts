import { isPrefetch } from './prefetch.js';

const PHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36';

describe('who opens a counted link', () => {
  it.each([
    ['a phone', 'GET', { 'user-agent': PHONE }, false],
    ['a phone in the browser of an app', 'GET', { 'user-agent': `${PHONE} [FB_IAB/Orca-Android;FBAV/500.0]` }, false],
    ['a browser that loads ahead', 'GET', { 'user-agent': PHONE, 'sec-purpose': 'prefetch;prerender' }, true],
    ['who asks for headers alone', 'HEAD', { 'user-agent': PHONE }, true],
    ["WhatsApp's preview", 'GET', { 'user-agent': 'WhatsApp/2.25.1 A' }, true],
    ["Meta's preview", 'GET', { 'user-agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/…)' }, true],
    ['a search engine', 'GET', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }, true],
    ['a script', 'GET', { 'user-agent': 'curl/8.5.0' }, true],
    ['who does not say who it is', 'GET', {}, true],
  ])('%s is told from a person', (_, method, headers, prefetch) => {
    expect(isPrefetch(method, headers)).toBe(prefetch);
  });
});
