import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeleteInput } from '../sync/inputs.js';
import { ApiError, ErrorCode } from '../graphql/errors.js';

/** The body of a PUT. @throws ApiError BAD_USER_INPUT when it names another row than the path */
export function atPath<Body extends { id: string }>(id: string, body: Body): Body {
  if (body.id.toLowerCase() === id.toLowerCase()) return body;
  throw new ApiError(ErrorCode.BAD_USER_INPUT, 'id must be the one of the path', { fields: ['id'] });
}

/** Answers 201 and where the new row is: at the path of the request, or one step below it. */
export function created({ url }: FastifyRequest, reply: FastifyReply, below?: string): void {
  const [path = ''] = url.split('?');
  void reply.status(201).header('location', below === undefined ? path : `${path}/${below}`);
}

/** One row, for a delete that claims to know nothing of it. */
export function named(id: string): DeleteInput {
  return { id };
}
