import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { limits, type Config } from './config.js';
import { HttpErrorFilter } from './http-error.filter.js';
import { QuietLogger } from './quiet-logger.js';

/** The whole server, not yet listening. `config.databaseUrl` must name a prepared database. */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.requestBytes,
    handlerTimeout: config.operationSeconds * 1000,
    requestTimeout: 2 * config.operationSeconds * 1000,
    trustProxy: config.trustProxy === 'yes',
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
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
  await app.register(cors, { origin: config.corsOrigins.length > 0 ? config.corsOrigins : false, maxAge: 600 });
  app.useGlobalFilters(new HttpErrorFilter());
  return app;
}
