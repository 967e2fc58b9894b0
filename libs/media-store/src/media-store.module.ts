import { Global, Inject, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { Periodic } from '#libs/queues';
import { FolderStore } from './folder-store.js';
import { InboundMedia } from './inbound-media.js';
import { MediaAtMeta } from './media-at-meta.js';
import { MediaStore } from './media-store.js';
import { OBJECT_STORE, type ObjectStore } from './object-store.js';
import { S3Store } from './s3-store.js';
import { sweepSpool } from './spool.js';

const HOUR_MS = 3_600_000;
/** Nobody takes a day to send a file. */
const LEFT_BEHIND_MS = 24 * HOUR_MS;

@Injectable()
class SpoolUpkeep implements OnApplicationBootstrap {
  constructor(
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly periodic: Periodic,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('files left behind while receiving', HOUR_MS, async () => {
      // The system's clock, because the file system keeps that one too.
      await sweepSpool(this.objects.spoolFolder, new Date(Date.now() - LEFT_BEHIND_MS));
    });
  }
}

function storeOfSettings(): ObjectStore {
  const { MEDIA_STORE } = loadConfig(['MEDIA_STORE']);
  if (MEDIA_STORE === 'folder') return new FolderStore(loadConfig(['MEDIA_FOLDER']).MEDIA_FOLDER);
  const s3 = loadConfig([
    'MEDIA_S3_BUCKET',
    'MEDIA_S3_REGION',
    'MEDIA_S3_ENDPOINT',
    'MEDIA_S3_ACCESS_KEY_ID',
    'MEDIA_S3_SECRET_ACCESS_KEY',
  ]);
  return new S3Store({
    bucket: s3.MEDIA_S3_BUCKET,
    region: s3.MEDIA_S3_REGION,
    endpoint: s3.MEDIA_S3_ENDPOINT,
    accessKeyId: s3.MEDIA_S3_ACCESS_KEY_ID,
    secretAccessKey: s3.MEDIA_S3_SECRET_ACCESS_KEY,
  });
}

/** Needs what ProcessModule provides (database, clock, queues). */
@Global()
@Module({
  providers: [
    MediaStore,
    InboundMedia,
    MediaAtMeta,
    SpoolUpkeep,
    { provide: OBJECT_STORE, useFactory: storeOfSettings },
  ],
  exports: [MediaStore, InboundMedia, MediaAtMeta],
})
export class MediaStoreModule {}
