import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import type { SeenBytes } from './media-types.js';

/** So much of a file is looked at to tell whether it is text. */
const HEAD = 64 * 1024;

/** Control characters that no text has: all but tab, line and page breaks, and escape. */
const isUnreadable = (byte: number) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);

/** Looks at the bytes of a file, a little of it at a time. */
export async function seeBytes(path: string): Promise<SeenBytes> {
  const handle = await open(path);
  const head = Buffer.alloc(HEAD);
  const { bytesRead } = await handle.read(head, 0, HEAD, 0).finally(() => handle.close());
  const seen = head.subarray(0, bytesRead);
  // A file that pretends to be a container and is none makes the parser stumble; then it is of no type.
  const type = await fileTypeFromFile(path).catch(() => undefined);
  return {
    ...(type ? { mimeType: type.mime } : {}),
    text: bytesRead > 0 && !seen.some(isUnreadable),
    animated: isAnimatedWebp(seen),
  };
}

/** WebP's extended header has a flag for animation (WebP container specification, "Extended File Format"). */
const isAnimatedWebp = (head: Buffer): boolean =>
  head.subarray(8, 16).toString('latin1') === 'WEBPVP8X' && ((head[20] ?? 0) & 0x02) !== 0;
