import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ByteRange, NoSuchBytesError, type ObjectKey, type ObjectStore } from './object-store.js';

/** Keeps bytes in a folder: on one machine, or on a disk that all of them share. */
export class FolderStore implements ObjectStore {
  readonly spoolFolder: string;

  constructor(private readonly folder: string) {
    this.spoolFolder = join(folder, 'incoming');
  }

  async put(key: ObjectKey, file: string): Promise<void> {
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    try {
      await rename(file, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      // From another disk: copied beside its place first, so that a half copy never has the object's name.
      await copyFile(file, `${path}.part`, constants.COPYFILE_FICLONE);
      await rename(`${path}.part`, path);
    }
  }

  async open(key: ObjectKey, range?: ByteRange): Promise<Readable> {
    try {
      const handle = await open(this.pathOf(key));
      return handle.createReadStream(range ? { start: range.from, end: range.to } : {});
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new NoSuchBytesError(key, { cause });
      throw cause;
    }
  }

  async remove(key: ObjectKey): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  /** Two levels of folders, because a folder with a million files is slow to list and to back up. */
  private pathOf({ tenantId, sha256 }: ObjectKey): string {
    return join(this.folder, tenantId, sha256.slice(0, 2), sha256);
  }
}
