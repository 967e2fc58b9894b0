import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Refusal } from '#libs/http';
import { MediaStore } from '#libs/media-store';
import { MEDIA_PATH, MediaUrls } from './media-urls.js';
import { ServeFile } from './serve-file.js';

@ApiTags('Media (Cloud API)')
@Controller()
export class MediaFileController {
  constructor(
    private readonly media: MediaStore,
    private readonly urls: MediaUrls,
    private readonly serve: ServeFile,
  ) {}

  /**
   * The bytes of a file, by an address that `GET /{media-id}` gave. The signature is the permission, so a key is neither
   * needed nor looked at. `Range` is answered once the file is here; bytes that are still at Meta come as a whole.
   */
  @ApiOperation({ summary: 'Download a file', description: 'By the url of GET /{media-id}, for five minutes.' })
  @ApiOkResponse({
    description: 'The bytes, with their own type; a part of them is answered with 206',
    content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiQuery({ name: 'mid', type: String })
  @ApiQuery({ name: 'ext', type: String, description: 'When the address ends, unix seconds' })
  @ApiQuery({ name: 'hash', type: String })
  // Meta's own addresses have a slash at the end of the path.
  @Get([MEDIA_PATH, `${MEDIA_PATH}/*`])
  async file(
    @Query() query: Record<string, unknown>,
    @Headers('range') rangeHeader: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = this.urls.read(query);
    const found = asked && (await this.media.find(asked.tenantId, asked.mediaId));
    if (!found) {
      throw new Refusal(
        404,
        'unknown_object',
        'This address of a file has expired or is not whole. Get a new one from GET /{media-id}.',
      );
    }
    await this.serve.send(found, rangeHeader, reply);
  }
}
