import { randomUUID } from 'node:crypto';
import { ManualClock } from '#libs/clock';
import { useEnvironment } from '#libs/config';
import { MediaUrls, URL_LIVES_MS } from './media-urls.js';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const urlsWith = (keys: string, clock: ManualClock) => {
  useEnvironment({ PUBLIC_URL: 'https://gateway.example', ENCRYPTION_KEYS: keys });
  return new MediaUrls(clock);
};
const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe('the address of a file', () => {
  const tenantId = randomUUID();
  const clock = new ManualClock(new Date('2026-11-01T12:00:00Z'));
  const urls = urlsWith(`a:${key(1)}`, clock);

  it('is on our host and says which file', () => {
    const url = urls.of(tenantId, '1000000000000001');
    expect(url).toMatch(/^https:\/\/gateway\.example\/whatsapp_business\/attachments\?mid=1000000000000001&/);
    expect(urls.read(queryOf(url))).toEqual({ tenantId, mediaId: '1000000000000001' });
  });

  it('works for five minutes', () => {
    const moving = new ManualClock(clock.now());
    const read = queryOf(urls.of(tenantId, '1'));
    const later = urlsWith(`a:${key(1)}`, moving);
    moving.advance(URL_LIVES_MS - 1_000);
    expect(later.read(read)).toBeDefined();
    moving.advance(1_000);
    expect(later.read(read)).toBeUndefined();
  });

  it.each([
    ['file', { mid: '2' }],
    ['end', { ext: '4102444800' }],
    ['end that is no number', { ext: 'x' }],
    ['signature', { hash: 'x' }],
    ['list of files', { mid: ['1', '2'] }],
    ['missing file', { mid: undefined }],
  ])('does not work with another %s', (_, change) => {
    expect(urls.read({ ...queryOf(urls.of(tenantId, '1')), ...change })).toBeUndefined();
  });

  it("does not work for another tenant's file of the same id", () => {
    const [mine, theirs] = [queryOf(urls.of(tenantId, '1')), queryOf(urls.of(randomUUID(), '1'))];
    const [a, b] = [mine.hash, theirs.hash].map((hash) => Buffer.from(hash ?? '', 'base64url')) as [Buffer, Buffer];
    const mixed = Buffer.concat([b.subarray(0, 16), a.subarray(16)]).toString('base64url');
    expect(urls.read({ ...mine, hash: mixed })).toBeUndefined();
  });

  it('goes on working while the key is being rotated out, and no longer when it is gone', () => {
    const read = queryOf(urls.of(tenantId, '1'));
    expect(urlsWith(`b:${key(2)},a:${key(1)}`, clock).read(read)).toBeDefined();
    expect(urlsWith(`b:${key(2)}`, clock).read(read)).toBeUndefined();
  });
});
