import { Global, Module } from '@nestjs/common';
import { MediaStoreModule } from '#libs/media-store';
import { TenantLimitsModule } from '#libs/tenant-limits';
import { CopyInbound } from './copy-inbound.js';
import { DescribeMedia } from './describe-media.js';
import { MediaController } from './media.controller.js';
import { MediaProcessor } from './media.processor.js';
import { MediaAtSource } from './media-at-source.js';
import { MediaFileController } from './media-file.controller.js';
import { MediaUrls } from './media-urls.js';
import { Multipart } from './multipart.js';
import { SendMedia } from './send-media.js';
import { ServeFile } from './serve-file.js';
import { UploadMedia } from './upload-media.js';

/** Files of tenants over HTTP: up, down, away. */
@Global()
@Module({
  imports: [MediaStoreModule, TenantLimitsModule],
  controllers: [MediaController, MediaFileController],
  providers: [Multipart, MediaUrls, MediaAtSource, UploadMedia, DescribeMedia, ServeFile],
  exports: [UploadMedia, DescribeMedia, ServeFile],
})
export class MediaModule {}

/** Files to Meta when they are sent, and from Meta when customers send some. Drains `gateway.media`. */
@Global()
@Module({
  imports: [MediaStoreModule],
  providers: [SendMedia, MediaAtSource, CopyInbound, MediaProcessor],
  exports: [SendMedia],
})
export class MediaWorkerModule {}
