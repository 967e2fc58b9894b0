// Jest runs our ES modules as they are (docs/adr/0001): swc strips the types, Node's vm modules link the rest.
const base = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.paloma/'],
  testEnvironment: 'node',
};

const withServices = {
  ...base,
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  // One worker a core: the machines we promise for have two.
  maxWorkers: 2,
  // ES modules of a suite stay in its worker's memory (jestjs/jest#14605): without a limit the last suites run out of it.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 120_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,tools,bench}/**/*.spec.ts'] },
    { ...withServices, displayName: 'architecture', testMatch: ['<rootDir>/test/architecture/**/*.spec.ts'] },
    { ...withServices, displayName: 'integration', testMatch: ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts'] },
    { ...withServices, displayName: 'contract', testMatch: ['<rootDir>/test/contract/**/*.spec.ts'] },
    { ...withServices, displayName: 'scenarios', testMatch: ['<rootDir>/test/scenarios/**/*.spec.ts'] },
    {
      ...base,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/{e2e,faults}/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/support/stack-setup.mjs',
      globalTeardown: '<rootDir>/test/support/stack-teardown.mjs',
    },
  ],
};
