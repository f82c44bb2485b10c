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
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}.${method}`,
  });
  // Told once: where else the same paths lie is said by the servers.
  const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith(`/${NEWER_MOUNT}/`));
  return { ...document, paths: Object.fromEntries(paths) };
}
