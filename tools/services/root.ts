import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The folder of package.json, whether this runs compiled (in dist/) or from source (in a test). */
export const ROOT = findRoot();

/** Where the build puts the product. */
export const DIST = join(ROOT, 'dist');
