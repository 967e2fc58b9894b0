// Compiles every TypeScript file of the product to dist/ with swc, which takes about a second; the type check is
// `npm run types`. Files that are not TypeScript but are read at run time (data, pages) are copied beside the code.
// Only what changed since the last build is written, and what vanished from the sources vanishes from dist/.

import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist');
const rooms = ['apps', 'libs', 'migrations', 'tools', 'bench'];
const isTest = (file) => /\.(int-)?spec\.ts$/.test(file);
const isAsset = (file) => /\.(json|csv|html|css|js|svg|sql)$/.test(file);

async function* walk(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}
const mtime = async (path) => (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
const recipe = Math.max(await mtime(join(root, '.swcrc')), await mtime(fileURLToPath(import.meta.url)));

const wanted = new Set();
const work = [];
for (const room of rooms) {
  for await (const file of walk(join(root, room))) {
    const rel = relative(root, file);
    if (isTest(rel) || rel.endsWith('.d.ts')) continue;
    const ts = rel.endsWith('.ts');
    if (!ts && !isAsset(rel)) continue;
    const target = join(out, ts ? rel.replace(/\.ts$/, '.js') : rel);
    wanted.add(target).add(`${target}.map`);
    if ((await mtime(target)) > Math.max(await mtime(file), recipe)) continue;
    work.push(async () => {
      await mkdir(dirname(target), { recursive: true });
      if (!ts) return copyFile(file, target);
      const { code, map } = await transformFile(file, { root, sourceFileName: file });
      await writeFile(`${target}.map`, map ?? '');
      await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
    });
  }
}
for await (const file of walk(out)) if (!wanted.has(file)) await rm(file);
await Promise.all(work.map((job) => job()));
