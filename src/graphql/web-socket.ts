import type { GraphQLWsSubscriptionsConfig } from '@nestjs/graphql';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { formatError } from './format-error.js';
import { faultsOfSubscription } from './limits.js';

type ConnectionParams = Readonly<Record<string, unknown>> | undefined;

/** `connectionParams` where guards look for headers: the token of a WebSocket is `authorization`. */
export function headersOf(connectionParams: ConnectionParams): Record<string, string> {
  const texts = Object.entries(connectionParams ?? {}).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Subscriptions over `graphql-ws`: only those, within the limits, and only with a token. */
export function webSocketOptions(
  schema: () => GraphQLSchema,
  allowsIntrospection: boolean,
): GraphQLWsSubscriptionsConfig {
  const options: Partial<ServerOptions> = {
    onConnect: ({ connectionParams }) => headersOf(connectionParams)['authorization'] !== undefined,
    onSubscribe: (_context, _id, { query, operationName }) => {
      const faults = faultsOfSubscription(schema(), query, operationName, allowsIntrospection);
      return faults.length > 0 ? faults : undefined;
    },
    onError: (_context, _id, _payload, errors) =>
      errors.map((error) => {
        const { message, extensions } = formatError(error.toJSON(), error);
        return new GraphQLError(message, { extensions });
      }),
  };
  return options;
}
