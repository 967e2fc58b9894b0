import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that has come in completely and waits on our disk to be judged and kept. */
export interface Spooled {
  path: string;
  size: number;
  /** Hex. */
  sha256: string;
  /** Removes the file, if it was not moved away meanwhile. */
  discard(): Promise<void>;
}

/** More bytes came than any file may have. */
export class TooManyBytesError extends Error {
  override name = 'TooManyBytesError';
  constructor(readonly limit: number) {
    super(`more than ${limit} bytes came`);
  }
}

/**
 * Receives a stream into a file, hashing on the way; a few dozen kilobytes of it are in memory at a time, however long it
 * is, and a slow disk slows the sender.
 *
 * @param limit bytes after which it gives up
 * @throws TooManyBytesError, or whatever the stream failed with; nothing is left on the disk then
 */
export async function spool(source: Readable, folder: string, limit: number): Promise<Spooled> {
  // The sender may hang up before we listen; the pipeline then finds the stream broken.
  source.on('error', () => {});
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  const discard = () => rm(path, { force: true });
  // Opened before anything can fail: a file that was still being opened could not be removed.
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(piece: Buffer, _, done) {
      size += piece.length;
      if (size > limit) return done(new TooManyBytesError(limit));
      hash.update(piece);
      done(null, piece);
    },
  });
  try {
    await pipeline(source, measure, file.createWriteStream({ flush: true }));
  } catch (error) {
    await discard();
    throw error;
  }
  return { path, size, sha256: hash.digest('hex'), discard };
}

/** Removes what processes left behind that died while receiving. */
export async function sweepSpool(folder: string, olderThan: Date): Promise<number> {
  let removed = 0;
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile() || found.mtime >= olderThan) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
