export default {
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/{,client/,formats/,cli/,web/,playground/}test/**/*.spec.ts',
    '<rootDir>/test/**/*.e2e-spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // The sources of the client, so that no test runs against an older build of it.
    '^@logdate/client$': '<rootDir>/client/src/index.ts',
    '^@logdate/client/(hasher|libsql|node-sqlite)$': '<rootDir>/client/src/node/$1.ts',
    '^@logdate/client/(indexeddb|indexeddb-record|indexeddb-sessions|memory|sqlite)$':
      '<rootDir>/client/src/stores/$1.ts',
    '^@logdate/client/adopt$': '<rootDir>/client/src/adopt-journal.ts',
    '^@logdate/client/compare$': '<rootDir>/client/src/compare-with-server.ts',
    '^@logdate/client/pokes$': '<rootDir>/client/src/graphql/pokes.ts',
    '^@logdate/client/media$': '<rootDir>/client/src/media/send-files.ts',
    '^@logdate/client/sha256$': '<rootDir>/client/src/media/sha256.ts',
    '^@logdate/client/store-conformance$': '<rootDir>/client/src/stores/conformance.ts',
    '^@logdate/client/(conflict-parts|describe-status|merge-sentences|server-totals|session)$':
      '<rootDir>/client/src/$1.ts',
    '^@logdate/formats/(.*)$': '<rootDir>/formats/src/$1.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers: 2,
  testTimeout: 60_000,
};
