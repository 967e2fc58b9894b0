import { Controller, Delete, HttpCode, Param, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiKeyGuard, type Caller, TenantCaller } from '#libs/tenants';
import { SuccessResponse } from '../graph-envelope/success.response.js';
import { DescribeMedia } from './describe-media.js';
import { UploadedMediaResponse } from './media.response.js';
import { UploadMedia } from './upload-media.js';

@ApiTags('Media (Cloud API)')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller()
export class MediaController {
  constructor(
    private readonly upload: UploadMedia,
    private readonly media: DescribeMedia,
  ) {}

  /** Uploads a file to be sent; the answer is its id. */
  @ApiOperation({
    summary: 'Upload a file',
    description:
      'The form of the Cloud API. `type` may be a MIME type, a kind (`image`), be called `typeFile`, or be missing.',
  })
  @ApiOkResponse({ type: UploadedMediaResponse })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        messaging_product: { type: 'string', enum: ['whatsapp'] },
        type: { type: 'string', example: 'image/jpeg' },
        file: { type: 'string', format: 'binary' },
      },
    },
  })
  @Post(':phoneNumberId/media')
  @HttpCode(200)
  async create(
    @TenantCaller() caller: Caller,
    @Param('phoneNumberId') metaPhoneNumberId: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
  ): Promise<{ id: string }> {
    const { phoneNumberId } = await this.upload.numberOf(caller, metaPhoneNumberId);
    const { mediaId } = await this.upload.keepForm(caller.tenantId, phoneNumberId, request, query);
    return { id: mediaId };
  }

  /** Deletes an uploaded file, or our copy of what a customer sent. */
  @ApiOperation({ summary: 'Delete a file' })
  @ApiOkResponse({ type: SuccessResponse })
  @Delete(':mediaId')
  async remove(
    @TenantCaller() caller: Caller,
    @Param('mediaId') mediaId: string,
    @Query() query: Record<string, unknown>,
  ): Promise<{ success: true }> {
    await this.media.remove(caller, mediaId, query);
    return { success: true };
  }
}
