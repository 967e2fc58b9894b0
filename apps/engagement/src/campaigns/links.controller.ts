import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FollowLink } from './follow-link.js';
import { isPrefetch } from './prefetch.js';

const GONE = 'This link leads nowhere. It may be incomplete, or from a message of long ago.\n';

/** Counted links of campaigns, which customers open in their browsers. Nothing of a browser is kept, and no cookie is set. */
@ApiExcludeController()
@Controller('l')
export class LinksController {
  constructor(private readonly followLink: FollowLink) {}

  @Get(':code')
  async open(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const counts = !isPrefetch(request.method, request.headers);
    const target = await this.followLink.follow(code, { counts });
    void reply
      // Each opening is ours to see, and the shop need not see under which code.
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-robots-tag', 'noindex');
    if (target) void reply.redirect(target, 302);
    else void reply.status(404).header('content-type', 'text/plain; charset=utf-8').send(GONE);
  }
}
