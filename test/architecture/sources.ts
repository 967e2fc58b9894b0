import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** A source file: its path from the root, and its text. */
export interface Source {
  path: string;
  text: string;
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

export const isSpec = (path: string): boolean => /\.(int-)?spec\.ts$/.test(path);

/** Every TypeScript file of the named rooms that is not a spec. */
export function productSources(rooms: readonly string[] = ['apps', 'libs', 'migrations', 'tools']): Source[] {
  return rooms
    .flatMap((room) => [...walk(join(root, room))])
    .filter((path) => path.endsWith('.ts') && !isSpec(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

/** The room a file belongs to, e.g. `libs/outbox` or `apps/gateway`. */
export const roomOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** The text without comments, so that a rule about code is not broken by a sentence. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
