import { getOperationAST, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';

/** A request of GraphQL, as GraphiQL hands it over. */
export interface Request {
  query: string;
  operationName?: string | null;
  variables?: unknown;
}

/** Headers as a person may type them into GraphiQL. */
export type Headers = Readonly<Record<string, string>>;

/** The operation that a request means; undefined where it cannot be read: the server says best what is wrong. */
export function operationOf({ query, operationName }: Request): OperationDefinitionNode | undefined {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return undefined;
  }
  // GraphiQL learns the name a moment after the text. Where there is one operation, its name does not matter.
  return getOperationAST(document) ?? getOperationAST(document, operationName) ?? undefined;
}

/** A request by the name that its operation has now. */
export function withCurrentName(request: Request): Request {
  const operation = operationOf(request);
  return operation === undefined ? request : { ...request, operationName: operation.name?.value ?? null };
}
