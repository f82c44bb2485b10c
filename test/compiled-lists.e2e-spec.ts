import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signUp, type Device } from './support/device.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const FIELDS = 'mutationId status serverVersion updatedAt code message';

describe('the outcomes of a push are the same, completed by us or by GraphQL,', () => {
  let server: TestServer;
  let device: Device;
  beforeAll(async () => {
    server = await startTestServer();
    device = await signUp(server.url);
  });
  afterAll(() => server.close());

  it.each([
    ['plain fields', FIELDS],
    ['other names', 'a: mutationId mutationId b: status c: message'],
    ['a row that is there for some', `${FIELDS} current { __typename }`],
    ['names of types', '__typename status'],
  ])('with %s', async (_, fields) => {
    const id = randomUUID();
    const save = {
      id,
      type: 'TEXT',
      content: 'Rain',
      createdAt: 1,
      mutationId: randomUUID(),
      version: { absent: true },
    };
    const mutations = [
      { saveContent: save },
      { saveContent: save },
      { saveContent: { ...save, mutationId: randomUUID(), content: 'Sun' } },
      { saveContent: { ...save, id: 'no uuid' } },
    ];
    // Whatever holds a fragment is left to GraphQL.
    const { push } = await device.data(
      `mutation ($input: PushInput!) {
        push(input: $input) { ours: outcomes { ${fields} } graphql: outcomes { ... on Outcome { ${fields} } } }
      }`,
      { input: { deviceId: device.deviceId, mutations } },
    );
    expect(push.ours).toHaveLength(4);
    expect(push.ours).toEqual(push.graphql);
  });

  it('and with a directive or from two selections of one name', async () => {
    const mutations = [{ deleteContent: { id: randomUUID() } }];
    const { push } = await device.data(
      `mutation ($input: PushInput!, $no: Boolean!) {
        push(input: $input) { outcomes { status message @include(if: $no) } outcomes { code } }
      }`,
      { no: false, input: { deviceId: device.deviceId, mutations } },
    );
    expect(push.outcomes).toEqual([{ status: 'APPLIED', code: null }]);
  });
});
