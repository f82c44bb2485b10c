import config from './jest.config.js';

/** `npm run soak`: hours of the same, to find what happens once in ten thousand times. */
export default {
  ...config,
  testMatch: ['<rootDir>/{,client/,cli/}test/**/*.soak-spec.ts'],
  testTimeout: 6 * 60 * 60_000,
};
