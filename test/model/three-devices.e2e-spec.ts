/** T2 and T3, a tenth: three devices of one user against the server, and the same over a line that breaks. */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FaultProxy } from '../support/fault-proxy.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { playMany, seedOr } from './replay.js';
import { onServer, throughFaults } from './server-stage.js';

const spec = 'test/model/three-devices.e2e-spec.ts';

describe('three devices of one user end alike, with nothing lost, doubled or back', () => {
  let server: TestServer;
  let proxy: FaultProxy;
  beforeAll(async () => {
    server = await startTestServer();
    proxy = await FaultProxy.open(server.url);
  });
  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  test('on the server', () =>
    playMany({ spec, histories: 15, seed: seedOr(randomInt(2 ** 31)), stage: () => onServer(server) }));

  test('on the server, over a line that breaks', async () => {
    await playMany({
      spec,
      histories: 15,
      seed: seedOr(randomInt(2 ** 31)),
      stage: () => throughFaults(server, proxy),
    });
    expect(proxy.faults).toBeGreaterThan(15);
  });
});
