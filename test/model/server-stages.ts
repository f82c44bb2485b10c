/** The stages on a real server that the tests of one file share. */
import { afterAll, beforeAll } from '@jest/globals';
import { FaultProxy } from '../support/fault-proxy.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import type { Stage } from './history.js';
import { onServer, throughFaults } from './server-stage.js';

/** A server, a line to it that breaks, and a stage for each history on either. */
export interface ServerStages {
  onServer: () => Promise<Stage>;
  throughFaults: () => Promise<Stage>;
  /** How often the line broke until now. */
  faults: () => number;
}

/** Starts the server and opens the line before the first test of a `describe`; both are closed after its last. */
export function serverStages(): ServerStages {
  let server: TestServer;
  let line: FaultProxy;
  beforeAll(async () => {
    server = await startTestServer();
    line = await FaultProxy.open(server.url);
  });
  afterAll(async () => {
    await line.close();
    await server.close();
  });
  return {
    onServer: () => onServer(server),
    throughFaults: () => throughFaults(server, line),
    faults: () => line.faults,
  };
}
