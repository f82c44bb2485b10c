import config from './jest.config.js';

/** `npm run test:long`: the slow tests, which run one after the other and not with each change. */
export default {
  ...config,
  testMatch: ['<rootDir>/{,client/,cli/,web/,playground/}test/**/*.long-spec.ts'],
  testTimeout: 30 * 60_000,
};
