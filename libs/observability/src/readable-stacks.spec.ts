import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readableStacks } from './readable-stacks.js';

/** Line 1, column 6 of the file that runs is line 3, column 9 of the source. */
const MAP = { version: 3, sources: ['/paloma/libs/shop/src/shop.ts'], names: [], mappings: 'KAEQ' };

describe('the stack of an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paloma-stacks-'));
  const before = Error.prepareStackTrace;
  beforeAll(() => {
    writeFileSync(join(folder, 'shop.js.map'), JSON.stringify(MAP));
    readableStacks();
  });
  afterAll(() => {
    Error.prepareStackTrace = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const urlOf = (file: string) => pathToFileURL(join(folder, file)).href;
  const stackOf = (...places: string[]): string =>
    Error.prepareStackTrace?.(new TypeError('closed'), places as never) as string;

  it('names the line of the source, and the line that runs where there is no map', () => {
    const stack = stackOf(
      `Shop.open (${urlOf('shop.js')}:1:6)`,
      `async ${urlOf('other.js')}:2:3`,
      'node:internal/x:1:1',
    );
    expect(stack.split('\n')).toEqual([
      'TypeError: closed',
      '    at Shop.open (/paloma/libs/shop/src/shop.ts:3:9)',
      `    at async ${urlOf('other.js')}:2:3`,
      '    at node:internal/x:1:1',
    ]);
  });

  it('is there for an error that cannot say what it is', () => {
    const mute = Object.assign(new Error('x'), {
      toString: () => {
        throw new Error('no');
      },
    });
    expect(Error.prepareStackTrace?.(mute, [])).toBe('Error');
  });
});
