import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { GqlContextType } from '@nestjs/graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from './config.js';
import { drain } from './drain.js';
import { ApiError, ErrorCode, HTTP_STATUS, isDatabaseAway } from './graphql/errors.js';
import { RETRY_AFTER_SECONDS } from './graphql/format-error.js';
import { restBodyOf } from './rest/error-body.js';

const log = new Logger('Http');

/**
 * Gives errors that arise outside GraphQL, a body that is too large for instance, the shapes that all clients read:
 * those of the REST face, and GraphQL's, whose devices use some of the same addresses.
 */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<GqlContextType>() === 'graphql') return error;
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof HttpException && isHealthReport(error))
      return reply.status(error.getStatus()).send(error.getResponse());

    const known = asApiError(error);
    const { id } = http.getRequest<FastifyRequest>();
    if (known.code === ErrorCode.INTERNAL)
      log.error(`${id} ${String(error)}`, error instanceof Error ? error.stack : undefined);
    const retryAfter = known.extensions['retryAfter'];
    if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
    const extensions = known.code === ErrorCode.INTERNAL ? { ...known.extensions, requestId: id } : known.extensions;
    const send = () => refuse(reply, known, extensions);
    if (known.code === ErrorCode.TOO_LARGE) return void drain(http.getRequest<FastifyRequest>().raw).then(send);
    return send();
  }
}

/** For an address that Fastify cannot read, or that is longer than any of ours: it asks no filter, and says it back. */
export function refuseAddress(_: unknown, __: FastifyRequest, reply: FastifyReply): void {
  const error = new ApiError(ErrorCode.BAD_USER_INPUT, 'The address cannot be read', { fields: ['path'] });
  void refuse(reply, error, error.extensions);
}

function refuse(reply: FastifyReply, error: ApiError, extensions: object): FastifyReply {
  const errors = [{ message: error.message, extensions }];
  return reply.status(HTTP_STATUS[error.code]).send({ ...restBodyOf(error), errors });
}

/** Terminus tells what is down by an exception that carries the report. */
function isHealthReport(error: HttpException): boolean {
  const report = error.getResponse();
  return typeof report === 'object' && 'details' in report;
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isDatabaseAway(error)) {
    return new ApiError(ErrorCode.UNAVAILABLE, 'The database cannot be reached just now', {
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (code === 'FST_ERR_HANDLER_TIMEOUT') {
    return new ApiError(ErrorCode.UNAVAILABLE, 'This took too long', { retryAfter: RETRY_AFTER_SECONDS });
  }
  if (status === 413)
    return new ApiError(ErrorCode.TOO_LARGE, 'The request body is too large', { limit: limits.requestBytes });
  if (status === 404) return new ApiError(ErrorCode.NOT_FOUND, 'There is nothing at this address');
  if (status !== undefined && status >= 400 && status < 500) {
    return new ApiError(ErrorCode.BAD_USER_INPUT, message ?? 'The request cannot be read', { fields: ['body'] });
  }
  return new ApiError(ErrorCode.INTERNAL, 'The server failed to do this');
}
