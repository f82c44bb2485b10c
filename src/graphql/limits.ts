import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentNode, GraphQLSchema, ValidationRule } from 'graphql';
import { ApiError, ErrorCode } from './errors.js';

/** How large a document may be; its variables are limited by the size of the request. */
const MAX_DEPTH = 8;
const MAX_ALIASES = 15;
const MAX_TOKENS = 1000;
const MAX_COST = 5000;

const armor = new ApolloArmor({
  maxDepth: { n: MAX_DEPTH },
  maxAliases: { n: MAX_ALIASES },
  maxTokens: { enabled: false },
  costLimit: { maxCost: MAX_COST },
  maxDirectives: { n: 20 },
  blockFieldSuggestion: { enabled: false },
}).protect();

/** What keeps one document from being too much work; the plug-in for tokens hides syntax errors, so the parser counts. */
export const documentLimits = { validationRules: armor.validationRules, parseOptions: { maxTokens: MAX_TOKENS } };

/**
 * Checks what comes over a WebSocket, where Apollo does not look: a subscription and nothing else, within the limits.
 * @returns the faults, none for a sound one
 */
export function faultsOfSubscription(
  schema: GraphQLSchema,
  query: string,
  operationName: string | null | undefined,
  allowsIntrospection: boolean,
): readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    return [new ApiError(ErrorCode.BAD_USER_INPUT, error instanceof Error ? error.message : String(error))];
  }
  if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) {
    return [
      new ApiError(ErrorCode.BAD_USER_INPUT, 'Only subscriptions are served over a WebSocket; send the rest by POST'),
    ];
  }
  const rules: ValidationRule[] = [...specifiedRules, ...armor.validationRules];
  if (!allowsIntrospection) rules.push(NoSchemaIntrospectionCustomRule);
  return validate(schema, document, rules).map(({ message }) => new ApiError(ErrorCode.BAD_USER_INPUT, message));
}
