/** The app in the browser, as `npm run build` made it: its files by their names, its page at every other address. */
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { BlobStore } from '../blobs/blob-store.js';
import type { Config } from '../config.js';
import { securityHeaders } from './security-policy.js';

const log = new Logger('Web app');

const NOT_BUILT =
  'The web app is not built: run `npm run build` in the folder of LogDate Cloud, then start the server again.';

/** The names of these files change with what is in them. */
const HASHED_FILES = 'assets';
const KEPT_FOR_A_YEAR = 'public, max-age=31536000, immutable';
const ASKED_FOR_EACH_TIME = 'no-cache';

/** Where the build puts the app. The server runs from sources or from dist/, so the way up differs. */
export function builtWebApp(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'web', 'dist');
}

/**
 * Serves the app from a folder. Call it before the application begins to listen: routes that come later are not the
 * app's, and their addresses never show its page.
 */
export async function serveWebApp(app: NestFastifyApplication, config: Config, folder: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  if (!existsSync(join(folder, 'index.html'))) {
    log.warn(NOT_BUILT);
    fastify.get('/', (_, reply) => reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
    return;
  }
  const headers = await securityHeaders(app.get(BlobStore), config);
  await app.register(fastifyStatic, {
    root: folder,
    // A route for each file that is there at the start: a path that names none of them never reaches the disk.
    wildcard: false,
    globIgnore: ['**/*.{br,gz}'],
    preCompressed: true,
    // Nothing here is long enough for a part of it to be worth asking for.
    acceptRanges: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = relative(folder, path).startsWith(HASHED_FILES + sep);
      reply.headers({ ...headers, 'cache-control': isHashed ? KEPT_FOR_A_YEAR : ASKED_FOR_EACH_TIME });
    },
  });
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
