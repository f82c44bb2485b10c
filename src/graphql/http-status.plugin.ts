import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { AuthenticatedRequest } from '../auth/request.js';
import { Logger } from '@nestjs/common';
import { isObjectType, OperationTypeNode } from 'graphql';
import { ApiError, ErrorCode, HTTP_STATUS } from './errors.js';
import { pathsOfBadVariables } from './input-paths.js';

/** What a request carries through its resolvers. */
export interface RequestContext extends BaseContext {
  req: AuthenticatedRequest;
  /** One for each root field that was asked to resolve: settled with whether it did. */
  rootFields?: Promise<boolean>[];
  /** Lists as the client gets them, and where in `data` they are to be put. */
  completedLists?: { path: GraphQLResolveInfo['path']; rows: object[] }[];
}

const log = new Logger('GraphQL');

/** Remembers how each root field of a request ended; run on the schema once, before it is served. */
export function watchRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (resolve === undefined) continue;
      field.resolve = (source, args, context: RequestContext, info) => {
        const result: unknown = resolve(source, args, context, info);
        const ended = Promise.resolve(result).then(
          // A filter answers an error by returning it.
          (value) => !(value instanceof Error),
          () => false,
        );
        (context.rootFields ??= []).push(ended);
        return result;
      };
    }
  }
  return schema;
}

/**
 * The HTTP status of the error when no root field succeeded, 200 with `errors` when some did; `Retry-After`; the
 * request's id on what the log explains; the paths of variables that GraphQL refused.
 */
export const httpStatusPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
        const message = 'Subscriptions are served over a WebSocket (graphql-ws), not by POST';
        throw new ApiError(ErrorCode.BAD_USER_INPUT, message, { fields: ['query'] });
      },
      async didEncounterErrors({ errors, contextValue }) {
        for (const { originalError, extensions, message } of errors) {
          const code = extensions['code'];
          const isExpected =
            typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR' && code !== ErrorCode.INTERNAL;
          if (isExpected) log.debug(`${contextValue.req.id ?? ''} ${code}: ${message}`);
          else log.error(`${contextValue.req.id ?? ''} ${message}`, originalError?.stack);
        }
      },
      async willSendResponse({ response, contextValue, operation, schema, request }) {
        if (response.body.kind !== 'single') return;
        const { errors } = response.body.singleResult;
        if (errors === undefined || errors.length === 0) return;
        const [first] = errors as [(typeof errors)[number]];
        const code = first.extensions?.['code'] as ErrorCode;
        if (code === ErrorCode.INTERNAL || code === ErrorCode.UNAVAILABLE) {
          Object.assign(first.extensions ?? {}, { requestId: contextValue.req.id });
        }
        if (code === ErrorCode.BAD_USER_INPUT && operation && first.extensions?.['fields'] === undefined) {
          const fields = pathsOfBadVariables(schema, operation, request.variables ?? {});
          Object.assign(first.extensions ?? {}, { fields });
        }
        const hasSucceeded = (await Promise.all(contextValue.rootFields ?? [])).some(Boolean);
        response.http.status = hasSucceeded ? 200 : HTTP_STATUS[code];
        const retryAfter = first.extensions?.['retryAfter'];
        if (typeof retryAfter === 'number') response.http.headers.set('retry-after', String(retryAfter));
      },
    };
  },
};
