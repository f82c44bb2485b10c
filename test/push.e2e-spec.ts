import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { saveContent } from './support/factories.js';
import { startTestServer, type TestServer } from './support/test-server.js';

describe('push', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('a mutation sent three times is applied once', async () => {
    const device = await server.signUp();
    const mutation = saveContent();
    const [first] = await device.push([mutation]);
    const [second] = await device.push([mutation]);
    const [third] = await device.push([mutation]);
    expect([first, second, third].map((outcome) => outcome?.status)).toEqual(['APPLIED', 'DUPLICATE', 'DUPLICATE']);
    expect(third?.serverVersion).toBe(first?.serverVersion);
    expect((await device.pull('contentChanges')).rows).toHaveLength(1);
  });
});
