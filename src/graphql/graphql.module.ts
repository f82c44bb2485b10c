import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule as NestGraphQLModule } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import { allowsIntrospection, CONFIG, type Config } from '../config.js';
import { compiledLists } from './compiled-lists.plugin.js';
import { compiledVariablesPlugin } from './compiled-variables.plugin.js';
import { formatError } from './format-error.js';
import { httpStatusPlugin, watchRootFields, type RequestContext } from './http-status.plugin.js';
import { documentLimits } from './limits.js';
import { headersOf, webSocketOptions } from './web-socket.js';

/** What Apollo hands to the context: a Fastify request, or graphql-ws's connection. */
type Incoming = RequestContext['req'] & { connectionParams?: Record<string, unknown> };

@Module({
  imports: [
    NestGraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [CONFIG],
      useFactory: apolloOptions,
    }),
  ],
})
export class GraphQLModule {}

function apolloOptions(config: Config): ApolloDriverConfig {
  const introspection = allowsIntrospection(config);
  let served: GraphQLSchema;
  return {
    path: '/graphql',
    autoSchemaFile: true,
    buildSchemaOptions: { numberScalarMode: 'integer' },
    transformSchema: (schema) => (served = watchRootFields(schema)),
    context: (incoming: Incoming): RequestContext =>
      'connectionParams' in incoming ? { req: { headers: headersOf(incoming.connectionParams) } } : { req: incoming },
    subscriptions: { 'graphql-ws': webSocketOptions(() => served, introspection) },
    introspection,
    graphiql: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    preserveHttpStatusForExecutionErrors: false,
    autoTransformHttpErrors: false,
    formatError,
    ...documentLimits,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      httpStatusPlugin,
      compiledVariablesPlugin,
      compiledLists({ PushResult: ['outcomes'] }),
    ],
  };
}
