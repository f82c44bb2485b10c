/** The server that the contract is tried on: the one at `CONTRACT_URL`, else one of the test's own. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Config } from '../../../src/config.js';
import { startTestServer, type TestServer } from '../../support/test-server.js';
import { signUpApp, type App } from './app.js';

/** Whether the server is started here, with limits that a test may choose. */
export const isOwnServer = process.env['CONTRACT_URL'] === undefined;

/** What the tests of one subject get: accounts on the server, for paths under one mount. */
export interface Contract {
  /** An app of a new account. */
  signUp(): Promise<App>;
  /** An app that others write with too: for what is refused. Making an account costs more than all else in a test. */
  shared(): Promise<App>;
}

/** Where the paths begin. */
export const MOUNTS = { plain: '', newer: '/api/v1' };

/** Registers the tests of a subject for the paths at the mounts given, or at `CONTRACT_MOUNT`, or at `/`. */
export function describeContract(
  subject: string,
  register: (contract: Contract) => void,
  {
    settings = {},
    at = [process.env['CONTRACT_MOUNT'] ?? MOUNTS.plain],
  }: { settings?: Partial<Config>; at?: string[] } = {},
): void {
  describe(`the contract: ${subject}`, () => {
    let server: TestServer | undefined;
    beforeAll(async () => {
      if (isOwnServer) server = await startTestServer(settings);
    });
    afterAll(() => server?.close());

    describe.each(at)('under "%s"', (mount) => {
      const signUp = (): Promise<App> => signUpApp(server?.url ?? process.env['CONTRACT_URL'] ?? '', mount);
      let shared: Promise<App> | undefined;
      register({ signUp, shared: () => (shared ??= signUp()) });
    });
  });
}
