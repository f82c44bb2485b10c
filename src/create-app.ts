import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { hasPlayground, limits, type Config } from './config.js';
import { HttpErrorFilter, refuseAddress } from './http-error.filter.js';
import { serveOpenApi } from './rest/open-api.js';
import { acceptUploads } from './uploads.js';
import { QuietLogger } from './quiet-logger.js';
import { builtFolder } from './web-app/built-files.js';
import { asksForPlayground, PLAYGROUND, servePlayground } from './web-app/playground.js';
import { serveWebApp } from './web-app/web-app.js';

/** The whole server, not yet listening. `config.databaseUrl` must name a prepared database. */
export async function createApp(
  config: Config,
  webApp: string = builtFolder('web'),
  playground: string = builtFolder('playground'),
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.requestBytes,
    // An upload may take hours, as long as something comes: work in the database has a limit of its own.
    requestTimeout: 0,
    connectionTimeout: 2 * config.operationSeconds * 1000,
    trustProxy: config.trustProxy === 'yes',
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    frameworkErrors: refuseAddress,
    ...(hasPlayground(config) && {
      rewriteUrl: (request: IncomingMessage) => (asksForPlayground(request) ? PLAYGROUND : (request.url ?? '/')),
    }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
    logger: new QuietLogger({
      json: config.environment === 'production',
      logLevels: config.environment === 'test' ? ['fatal'] : ['fatal', 'error', 'warn', 'log'],
    }),
    abortOnError: false,
  });
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await app.register(cors, {
    origin: config.corsOrigins.length > 0 ? config.corsOrigins : false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    // What a browser's device reads of an answer beside its body.
    exposedHeaders: ['Date', 'ETag', 'Location', 'Retry-After', 'Tus-Resumable', 'Upload-Length', 'Upload-Offset'],
    maxAge: 600,
  });
  acceptUploads(app, config);
  if (config.webApp === 'on') await serveWebApp(app, config, webApp);
  serveOpenApi(app);
  if (hasPlayground(config)) await servePlayground(app, config, playground);
  // Only when it listens it is known by which address, where none is configured.
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onListen', async () => {
      config.publicUrl ||= localUrlOf(app);
    });
  app.useGlobalFilters(new HttpErrorFilter());
  return app;
}

function localUrlOf(app: NestFastifyApplication): string {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return `http://localhost:${port}`;
}
