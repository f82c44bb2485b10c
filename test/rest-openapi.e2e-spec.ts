/** The description of the REST face says what is served, all of it and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApp } from '../src/create-app.js';
import { startTestServer, type TestServer } from './support/test-server.js';

const MOUNT = '/api/v1';

interface Operation {
  operationId: string;
  summary?: string;
  security?: unknown[];
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown; examples?: object }> }>;
}

interface Description {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, Record<string, unknown>> }> };
}

let server: TestServer;
let description: Description;
/** `GET /contents/{id}` for every route of the server but HEAD and OPTIONS, which follow from GET. */
const routes = new Set<string>();

beforeAll(async () => {
  server = await startTestServer({}, undefined, async (config) => {
    const app = await createApp(config);
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const one of [method].flat()) routes.add(`${one} ${url.replace(/:(\w+)/g, '{$1}')}`);
      });
    return app;
  });
  description = (await (await fetch(`${server.url}/openapi.json`)).json()) as Description;
});
afterAll(() => server.close());

const operations = (): [string, Operation][] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

describe('the description of the REST face', () => {
  it('is OpenAPI 3, told to everybody, and names both places of the paths', () => {
    expect(description.openapi).toMatch(/^3\./);
    expect(description.servers.map(({ url }) => url)).toEqual(['/', MOUNT]);
  });

  it('has every route of the server that is not of GraphQL, tus or health, and no other', () => {
    const served = [...routes].filter(
      (route) => !/^(HEAD|OPTIONS) /.test(route) && !/ \/(graphql|health|media\/uploads)/.test(route),
    );
    const described = operations().map(([name]) => name);
    const everywhere = described.flatMap((name) => [name, name.replace(' ', ` ${MOUNT}`)]);
    expect(served.toSorted()).toEqual(everywhere.toSorted());
    expect(described.length).toBeGreaterThan(30);
  });

  it('says of every operation what it is for, what it answers and how it fails', () => {
    for (const [name, { summary, responses, security }] of operations()) {
      const statuses = Object.keys(responses);
      expect({ name, summary }).toEqual({ name, summary: expect.stringMatching(/./) });
      expect({ name, success: statuses.some((status) => status.startsWith('2')) }).toEqual({ name, success: true });
      if (security?.length !== 0)
        expect({ name, statuses }).toEqual({ name, statuses: expect.arrayContaining(['401']) });
      for (const [status, { content }] of Object.entries(responses).filter(([status]) => status >= '400')) {
        if (status === '416') continue;
        expect({ name, status, content }).toMatchObject({
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorAnswer' } } },
        });
      }
    }
  });

  it('gives an example for every property, and refers to nothing that is not there', () => {
    const { schemas } = description.components;
    for (const [schema, { properties = {} }] of Object.entries(schemas)) {
      for (const [name, property] of Object.entries(properties)) {
        const refers = JSON.stringify(property).includes('$ref');
        const isBinary = property['format'] === 'binary';
        expect({ schema, name, isShown: 'example' in property || refers || isBinary }).toMatchObject({ isShown: true });
      }
    }
    const referred = [...JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(referred.filter(([, name = '']) => !(name in schemas))).toEqual([]);
  });

  it('names each operation once, by a word that generators of clients can use', () => {
    const ids = operations().map(([, { operationId }]) => operationId);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('loads nothing from elsewhere', () => {
    expect(JSON.stringify(description)).not.toMatch(/https?:\/\/(?!logdate\.example)/);
  });
});
