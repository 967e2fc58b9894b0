import { productSources, type Source, withoutComments } from './sources.js';

interface Ban {
  why: string;
  pattern: RegExp;
  /** Where it is meant to be. */
  except: (path: string) => boolean;
}

// Put together here, so that a search of the tree for these words finds offenders only.
const SYNCHRONIZE = ['synchronize', 'true'].join(': ');
const ENVIRONMENT = ['process', 'env'].join('.');

const sandbox = (path: string) => path.startsWith('apps/sandbox/');
const money = /^(libs\/(money|ledger)|apps\/billing)\//;

const BANS: Readonly<Record<string, Ban>> = {
  [SYNCHRONIZE]: {
    why: 'migrations alone shape the database',
    pattern: /synchronize\s*:\s*true/,
    except: () => false,
  },
  [ENVIRONMENT]: {
    why: 'libs/config reads the environment and names every bad variable at once (the sandbox shares none of our code)',
    pattern: /process\.env\b/,
    except: (path) => path === 'libs/config/src/environment.ts' || path === 'apps/sandbox/src/config.ts',
  },
  'floats on money': {
    why: 'prices are decimals or integers; a float is wrong by a fraction that adds up',
    pattern:
      /\bparseFloat\(|\.toFixed\(|\bNumber\.parseFloat|\bMath\.(round|floor|ceil)\([^)]*(price|amount|rate|cost|total)/i,
    except: (path) => !money.test(path),
  },
  'today by the system clock': {
    why: 'services take a clock, or nobody can live a month in a minute',
    pattern: /\bnew Date\(\)|\bDate\.now\(\)/,
    except: (path) => !path.startsWith('apps/') || sandbox(path),
  },
};

const offenders = (ban: Ban, sources: readonly Source[]) =>
  sources.filter((s) => !ban.except(s.path) && ban.pattern.test(withoutComments(s.text))).map((s) => s.path);

describe('the product does not contain', () => {
  const sources = productSources();
  it.each(Object.entries(BANS))('%s', (_, ban) => {
    expect(offenders(ban, sources)).toEqual([]);
  });

  it.each([
    [SYNCHRONIZE, 'apps/gateway/src/a.ts', `const options = { ${SYNCHRONIZE} };`],
    [ENVIRONMENT, 'apps/gateway/src/a.ts', `const port = ${ENVIRONMENT}.PORT;`],
    ['floats on money', 'apps/billing/src/a.ts', 'const price = parseFloat(text);'],
    ['floats on money', 'libs/money/src/a.ts', 'return (amount * 1.2).toFixed(2);'],
    ['today by the system clock', 'apps/billing/src/a.ts', 'const now = new Date();'],
  ])('and a planted "%s" is seen in %s', (name, path, text) => {
    expect(offenders(BANS[name] as Ban, [{ path, text }])).toEqual([path]);
  });
});
