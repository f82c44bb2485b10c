import type { IncomingMessage } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import processRequest from 'graphql-upload/processRequest.mjs';
import { AccessTokens } from './auth/access-tokens.js';
import { limits, type Config } from './config.js';
import { drain } from './drain.js';
import { ApiError, ErrorCode } from './graphql/errors.js';

const BEARER = /^Bearer (\S+)$/i;

/**
 * Bodies that are not JSON. Multipart goes to graphql-upload, which writes files to disk before a resolver is asked:
 * so the token is looked at first, and what a foreign page could send is left to Apollo's own check. The bytes of tus
 * are read by tus.
 */
export function acceptUploads(app: NestFastifyApplication, config: Config): void {
  const fastify = app.getHttpAdapter().getInstance();
  const readNothing = (_: FastifyRequest, __: IncomingMessage, done: (error: Error | null) => void): void => done(null);
  fastify.addContentTypeParser('multipart/form-data', readNothing);
  fastify.addContentTypeParser('application/offset+octet-stream', readNothing);
  fastify.addHook('onRequest', async (request: FastifyRequest) => {
    // Some apps name a type for every request, also where they send nothing of it.
    if (!isOfGraphQL(request) && hasNoBody(request.raw.headers)) delete request.raw.headers['content-type'];
  });
  fastify.addHook('onSend', async (request: FastifyRequest) => {
    if (isMultipart(request)) await drain(request.raw);
  });
  fastify.addHook('preValidation', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isMultipart(request) || !isOfGraphQL(request)) return;
    request.body = {};
    if (request.headers['apollo-require-preflight'] === undefined) return;
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !(await app.get(AccessTokens).isSound(token))) {
      throw new ApiError(ErrorCode.UNAUTHENTICATED, 'Sign in: an upload needs a valid access token');
    }
    request.body = await processRequest(request.raw, reply.raw, {
      maxFieldSize: limits.requestBytes,
      // It takes a file for too large that reaches this.
      maxFileSize: config.mediaBytes + 1,
      maxFiles: 1,
    }).catch((error: Error) => {
      // Where it has no status, the parser of the body has given up.
      if ('status' in error) throw error;
      throw new ApiError(ErrorCode.BAD_USER_INPUT, error.message, { fields: ['body'] });
    });
  });
}

function isMultipart({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.startsWith('multipart/form-data') === true;
}

function isOfGraphQL({ url }: FastifyRequest): boolean {
  return url.startsWith('/graphql');
}

function hasNoBody(headers: IncomingMessage['headers']): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}
