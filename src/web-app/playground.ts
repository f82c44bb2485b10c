/** GraphiQL, as `npm run build` made it: a browser that opens /graphql is shown it, and every other client is not. */
import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config.js';
import { isBuilt, serveBuiltFiles } from './built-files.js';
import { playgroundHeaders } from './security-policy.js';

const log = new Logger('Playground');

const NOT_BUILT =
  'The playground is not built: run `npm run build` in the folder of LogDate Cloud, then start the server again.';

/** Where its page and its files are; a browser is led here from /graphql, and does not notice. */
export const PLAYGROUND = '/graphql/';

/** Whether a person opens the address of GraphQL: what reads or writes rows by it never asks for HTML. */
export function asksForPlayground({
  method,
  url,
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && url?.split('?', 1)[0] === '/graphql' && headers.accept?.includes('text/html') === true;
}

/** Serves the playground from a folder. Call it before the application begins to listen. */
export async function servePlayground(app: NestFastifyApplication, config: Config, folder: string): Promise<void> {
  if (isBuilt(folder)) {
    // Who asks otherwise is answered by GraphQL at the same address.
    const headers = { ...playgroundHeaders(config), vary: 'accept' };
    await serveBuiltFiles(app, { folder, prefix: PLAYGROUND, headers });
    return;
  }
  log.warn(NOT_BUILT);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get(PLAYGROUND, (_, reply) => reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
}
