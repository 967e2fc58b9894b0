import type { ReceivedMedia } from '#libs/media-store';

const KINDS = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** The file of a customer's message as the webhook names it (messages webhook reference, 2025-12); most have none. */
export function receivedMedia(
  message: Readonly<Record<string, unknown>>,
): Pick<ReceivedMedia, 'mediaId' | 'mimeType' | 'fileName'> | undefined {
  const { type } = message;
  if (typeof type !== 'string' || !KINDS.has(type)) return undefined;
  const { id, mime_type, filename } = (message[type] ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[\w.:-]{1,200}$/.test(id)) return undefined;
  return {
    mediaId: id,
    mimeType:
      typeof mime_type === 'string' && /^[\w.+-]+\/[\w.+-]+/.test(mime_type)
        ? headerSafe(mime_type)
        : 'application/octet-stream',
    ...(typeof filename === 'string' && filename !== ''
      ? { fileName: filename.replace(/\p{Cc}/gu, '').slice(0, 240) }
      : {}),
  };
}

/** It becomes a header of ours, and a customer's phone may have written it. */
const headerSafe = (mimeType: string): string => mimeType.replace(/[^\x20-\x7e]/g, '').slice(0, 200);
