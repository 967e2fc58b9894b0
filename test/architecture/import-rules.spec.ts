import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

interface Violation {
  from: string;
  rule: { name: string };
}

/** Runs the import check over a tree and returns what it found. */
async function violationsIn(tree: string): Promise<Violation[]> {
  const rooms = ['apps', 'libs', 'migrations', 'tools', 'bench', 'test'];
  const cli = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const { stdout } = await run(
    process.execPath,
    [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms],
    { cwd: tree, maxBuffer: 256 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

/** One file for each rule that breaks it, and a small house in which they stand. */
const HOUSE: Readonly<Record<string, string>> = {
  'libs/config/src/index.ts': "export const inner = 'config';",
  'libs/config/src/inner.ts': "export const inner = 'config';",
  'libs/money/src/index.ts': 'export const money = 1;',
  'libs/persistence/src/index.ts': 'export const db = 1;',
  'libs/tenants/src/index.ts': "import '#libs/config';\nexport const tenants = 1;",
  'apps/billing/src/feature.ts': 'export const feature = 1;',
  'test/support/thing.ts': 'export const thing = 1;',
  'bench/fine.ts': "import '../tools/fine.js';",
  'tools/fine.ts': "import '#libs/config';\nexport const fine = 1;",
};
const PLANTED: Readonly<Record<string, [file: string, source: string]>> = {
  'no-cycle': ['libs/tenants/src/a.ts', "import './b.js';\nexport const a = 1;"],
  resolvable: ['libs/tenants/src/lost.ts', "import './nowhere.js';"],
  'app-not-to-app': ['apps/gateway/src/steal.ts', "import '../../billing/src/feature.js';"],
  'sandbox-stands-alone': ['apps/sandbox/src/share.ts', "import '#libs/money';"],
  'lib-not-to-app': ['libs/tenants/src/upwards.ts', "import '../../../apps/billing/src/feature.js';"],
  'lib-by-its-index': ['apps/gateway/src/back-door.ts', "import '../../../libs/config/src/inner.js';"],
  'rule-lib-is-pure': ['libs/money/src/impure.ts', "import 'node:fs';"],
  'platform-names-no-domain': ['libs/persistence/src/domain.ts', "import '#libs/tenants';"],
  'vendor-without-storage': ['libs/meta-cloud/src/store.ts', "import '#libs/persistence';"],
  'migration-stands-alone': ['migrations/1-bad.ts', "import '#libs/config';"],
  'product-not-to-test': ['apps/gateway/src/tested.ts', "import '../../../test/support/thing.js';"],
  'product-not-to-dev-dependency': ['apps/gateway/src/dev.ts', "import 'fast-check';"],
};

describe('who may import whom', () => {
  it('holds in this house', async () => {
    const found = (await violationsIn(root)).map((v) => `${v.rule.name}: ${v.from}`);
    expect(found).toEqual([]);
  });

  describe('each rule catches the file that breaks it', () => {
    let tree: string;
    let found: Violation[];
    beforeAll(async () => {
      tree = await mkdtemp(join(tmpdir(), 'paloma-imports-'));
      const files = {
        ...HOUSE,
        ...Object.fromEntries(Object.values(PLANTED)),
        'libs/tenants/src/b.ts': "import './a.js';",
      };
      for (const [file, source] of Object.entries(files)) {
        await mkdir(dirname(join(tree, file)), { recursive: true });
        await writeFile(join(tree, file), source);
      }
      for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
        await cp(join(root, file), join(tree, file));
      await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
      found = await violationsIn(tree);
    });
    afterAll(() => rm(tree, { recursive: true, force: true }));

    it.each(Object.entries(PLANTED))('%s', (rule, [file]) => {
      expect(found.filter((v) => v.rule.name === rule).map((v) => v.from)).toContain(file);
    });

    it('and no rule that the configuration has is left without such a file', async () => {
      const { default: configuration } = (await import(join(root, '.dependency-cruiser.cjs'))) as {
        default: { forbidden: { name: string }[] };
      };
      expect(configuration.forbidden.map((r) => r.name).sort()).toEqual(Object.keys(PLANTED).sort());
    });

    it('and what is allowed is let through', () => {
      expect(found.map((v) => v.from)).not.toContain('tools/fine.ts');
      expect(found.map((v) => v.from)).not.toContain('libs/tenants/src/index.ts');
    });
  });
});
