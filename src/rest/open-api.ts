import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { NEWER_MOUNT } from './rest-controller.js';
import { RestModule } from './rest.module.js';

export const OPEN_API_PATH = '/openapi.json';

const DESCRIPTION =
  'Journals, entries, links and media over plain HTTP. Every path lies at `/` and at `/api/v1`. Sign-up and sign-in ' +
  'are GraphQL mutations at `/graphql`; their access token goes into `Authorization: Bearer`. Times are epoch ' +
  'milliseconds. Unknown properties are ignored, and one that equals its default may be missing.';

/** Serves the description of the REST face. It is made when it is first asked for, which most servers never are. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get(OPEN_API_PATH, (_, reply) => reply.send((document ??= describeRest(app))));
}

function describeRest(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('LogDate Cloud')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer('/')
    .addServer(`/${NEWER_MOUNT}`)
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    include: [RestModule],
  });
  // Told once: where else the same paths lie is said by the servers.
  const paths = Object.entries(document.paths)
    .filter(([path]) => !path.startsWith(`/${NEWER_MOUNT}/`))
    .map(([path, operations]) => [path, withIds(path, operations)]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}

/** Ids as generators of clients want them: `patchContentsId` for `PATCH /contents/{id}`. */
function withIds(path: string, operations: object): Record<string, object> {
  const words = path.match(/\w+/g) ?? [];
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const named = Object.entries(operations as Record<string, object>).map(([method, operation]) => [
    method,
    { ...operation, operationId: `${method}${name}` },
  ]);
  return Object.fromEntries(named) as Record<string, object>;
}
