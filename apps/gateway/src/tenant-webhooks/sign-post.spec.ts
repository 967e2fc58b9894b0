import { Webhook } from 'standardwebhooks';
import { isSignedBy } from '#libs/meta-cloud';
import { headersOf } from './sign-post.js';

const secret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const post = { eventId: 'e1', body: '{"text":"caf\u00e9"}', custom: {} };

describe('a post to a tenant', () => {
  it('is verifiable by clients of Meta and of Standard Webhooks, also by those that still have the old secret', () => {
    const headers = headersOf(post, [secret(2), secret(1)], new Date());
    expect(isSignedBy(post.body, headers['x-hub-signature-256'], [secret(2)])).toBe(true);
    for (const fill of [1, 2]) expect(new Webhook(secret(fill)).verify(post.body, headers)).toEqual({ text: 'café' });
    expect(() => new Webhook(secret(3)).verify(post.body, headers)).toThrow();
    expect(() => new Webhook(secret(2)).verify(`${post.body} `, headers)).toThrow();
  });

  it('carries the headers that the tenant wants, but none that are ours', () => {
    const custom = { Authorization: 'Bearer x', HOST: 'evil', 'X-Hub-Signature-256': 'sha256=0', 'webhook-id': 'no' };
    const headers = headersOf({ ...post, custom }, [secret(1)], new Date());
    expect(headers).toMatchObject({ Authorization: 'Bearer x', 'webhook-id': 'e1' });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['HOST']));
    expect(Object.keys(headers).filter((h) => /hub/i.test(h))).toEqual(['x-hub-signature-256']);
  });
});
