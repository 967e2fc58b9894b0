export { InboundMedia, type MediaToCopy, type ReceivedMedia } from './inbound-media.js';
export { MediaAtMeta, type SentAs } from './media-at-meta.js';
export type { MediaRow } from './media-row.js';
export { MediaStore } from './media-store.js';
export { MediaStoreModule } from './media-store.module.js';
export { type FileVerdict, judgeFile, kindOfType, LARGEST_FILE, type MediaKind, usualEnding } from './media-types.js';
export { type ByteRange, NoSuchBytesError } from './object-store.js';
export { seeBytes } from './see-bytes.js';
export { type Spooled, TooManyBytesError } from './spool.js';
