/** T2 and T3 for as long as there is patience. */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { playMany, seedOr } from './replay.js';
import { onServer, throughFaults } from './server-stage.js';
import { onModel } from './stages.js';

const SPEC = '--config jest.soak.config.js test/model/three-devices.soak-spec.ts';

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

  test.each([seedOr(2), seedOr(randomInt(2 ** 31))])('on the model, from seed %d', (seed) =>
    playMany({ spec: SPEC, histories: 10_000, seed, stage: () => Promise.resolve(onModel()) }),
  );

  test('on the server', () =>
    playMany({ spec: SPEC, histories: 2_000, seed: seedOr(randomInt(2 ** 31)), stage: () => onServer(server) }));

  test('on the server, over a line that breaks', () =>
    playMany({
      spec: SPEC,
      histories: 2_000,
      seed: seedOr(randomInt(2 ** 31)),
      stage: () => throughFaults(server, proxy),
    }));
});
