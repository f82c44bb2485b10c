/** The app in the browser, as `npm run build` made it: its files by their names, its page at every other address. */
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { BlobStore } from '../blobs/blob-store.js';
import type { Config } from '../config.js';
import { isBuilt, serveBuiltFiles } from './built-files.js';
import { securityHeaders } from './security-policy.js';

const log = new Logger('Web app');

const NOT_BUILT =
  'The web app is not built: run `npm run build` in the folder of LogDate Cloud, then start the server again.';

/**
 * Serves the app from a folder. Call it before the application begins to listen: routes that come later are not the
 * app's, and their addresses never show its page.
 */
export async function serveWebApp(app: NestFastifyApplication, config: Config, folder: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  if (!isBuilt(folder)) {
    log.warn(NOT_BUILT);
    fastify.get('/', (_, reply) => reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
    return;
  }
  const headers = await securityHeaders(app.get(BlobStore), config);
  await serveBuiltFiles(app, { folder, prefix: '/', headers });
  const otherRoutes = new Set<string>();
  fastify.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: (request, reply) => {
      if (!isNavigation(request) || otherRoutes.has(firstSegment(request.url))) return reply.callNotFound();
      return reply.header('vary', 'accept').sendFile('index.html');
    },
  });
  fastify.addHook('onRoute', ({ url }) => void otherRoutes.add(firstSegment(url)));
}

/** Whether a person opens an address of the app: none of those has a dot, as names of files have. */
function isNavigation({ headers, params }: FastifyRequest): boolean {
  const { '*': path } = params as { '*': string };
  return headers.accept?.includes('text/html') === true && !path.includes('.');
}

function firstSegment(url: string): string {
  return url.split(/[/?#]/, 2)[1] ?? '';
}
