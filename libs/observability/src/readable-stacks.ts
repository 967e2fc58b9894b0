import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A place in a stack: a file of ours, as it runs, with line and column, both from 1. */
const PLACE = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/;

/** Maps of the files that were in a stack so far; null where a file has none, as those of packages. */
const maps = new Map<string, SourceMap | null>();

/**
 * From now on stacks of errors name files and lines of the source, as `node --enable-source-maps` would do. Node reads the
 * maps of all modules when it loads them, those of packages too, and keeps them, 20 MB in the gateway; here a map is read
 * when the first stack with its file is.
 */
export function readableStacks(): void {
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.map((site) => `    at ${String(site).replace(PLACE, inSource)}`)].join('\n');
}

function headOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

function inSource(place: string, url: string, line: string, column: string): string {
  const map = mapOf(url);
  const origin = map?.findEntry(Number(line) - 1, Number(column) - 1);
  if (!origin || !('originalSource' in origin) || !origin.originalSource) return place;
  return `${origin.originalSource}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
}

function mapOf(url: string): SourceMap | null {
  let map = maps.get(url);
  if (map === undefined) {
    map = url.includes('/node_modules/') ? null : readMap(`${fileURLToPath(url)}.map`);
    maps.set(url, map);
  }
  return map;
}

function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
