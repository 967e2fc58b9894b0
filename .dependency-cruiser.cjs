// Who may import whom (docs/adr/0007). Checked by `npm run imports`; test/architecture sees each rule catch a violation.
const RULE_LIBS =
  'error-catalogue|letters|markets|message-status|money|phone-numbers|service-window|template-state|tier-quota';
const PLATFORM_LIBS = 'auth|clock|config|http|ids|leases|observability|persistence|process|queues|sessions|vault';
const SPECS = '\\.(int-)?spec\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'What imports itself in a circle cannot be read from one end.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'app-not-to-app',
      comment: 'Apps meet in libs, in the database and over HTTP.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: SPECS },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'A stand-in for Meta that shared our code would share our mistakes.',
      severity: 'error',
      from: { path: '^apps/sandbox/' },
      to: { path: '^(libs|migrations|tools|test|apps/(?!sandbox/))' },
    },
    {
      name: 'lib-not-to-app',
      comment: 'Libs do not know who uses them.',
      severity: 'error',
      from: { path: '^libs/', pathNot: SPECS },
      to: { path: '^apps/' },
    },
    {
      name: 'lib-by-its-index',
      comment: 'A lib has one front door.',
      severity: 'error',
      from: { path: '^(apps|libs|tools|test|bench)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'rule-lib-is-pure',
      comment:
        'Rules know no framework, no database, no file and no clock; they import rule libs and pure npm packages.',
      severity: 'error',
      from: { path: `^libs/(${RULE_LIBS})/`, pathNot: SPECS },
      to: { pathNot: [`^libs/(${RULE_LIBS})/`, '^node_modules/libphonenumber-js/'] },
    },
    {
      name: 'platform-names-no-domain',
      comment: 'The platform would serve another product as well.',
      severity: 'error',
      from: { path: `^libs/(${PLATFORM_LIBS})/`, pathNot: SPECS },
      to: { path: '^(libs|apps)/', pathNot: `^libs/(${PLATFORM_LIBS})/` },
    },
    {
      name: 'vendor-without-storage',
      comment: "A client of Meta's API has no database and no queue.",
      severity: 'error',
      from: { path: '^libs/meta-[^/]+/' },
      to: { path: '^(libs/(persistence|queues|leases)/|node_modules/(typeorm|pg|bull|ioredis)/)' },
    },
    {
      name: 'migration-stands-alone',
      comment: 'A migration must do tomorrow what it did today, whatever became of our code.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { pathNot: '^node_modules/typeorm/' },
    },
    {
      name: 'product-not-to-test',
      comment: 'What ships does not need what tests it.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations|tools|bench)/', pathNot: SPECS },
      to: { path: `^test/|${SPECS}` },
    },
    {
      name: 'product-not-to-dev-dependency',
      comment: 'An image without dev dependencies must run.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: `${SPECS}|^apps/sandbox/testing/` },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
