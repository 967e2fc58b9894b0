import type { FastifyRequest } from 'fastify';
import { pagesOfOurs } from './graph-page.js';

const options = {
  request: { originalUrl: '/v24.0/106540352242922/block_users?limit=1&access_token=OURS' } as FastifyRequest,
  publicUrl: 'https://gateway.example',
  key: 'key-of-the-tenant',
};

describe('pages that Graph made', () => {
  it('lead to us with the key of the caller, and never with the token that we hold', () => {
    const next =
      'https://graph.facebook.com/v24.0/1/block_users?access_token=EAA-of-the-business&limit=1&after=Mg%3D%3D';
    const shown = pagesOfOurs({ data: [1], paging: { cursors: { after: 'Mg==' }, next, previous: next } }, options);
    expect(JSON.stringify(shown)).not.toContain('EAA-of-the-business');
    const { paging } = shown as { paging: { next: string; cursors: object } };
    expect(paging.cursors).toEqual({ after: 'Mg==' });
    const url = new URL(paging.next);
    expect(url.origin + url.pathname).toBe('https://gateway.example/v24.0/106540352242922/block_users');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      access_token: 'key-of-the-tenant',
      limit: '1',
      after: 'Mg==',
    });
  });

  it('are left as they are where there are none', () => {
    expect(pagesOfOurs({ data: [] }, options)).toEqual({ data: [] });
    expect(pagesOfOurs({ success: true }, options)).toEqual({ success: true });
  });
});
