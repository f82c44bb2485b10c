/** One request that is to be refused, as data: it is printed when it is not. */
export interface BadRequest {
  /** What was broken, for people. */
  name: string;
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  /** As it is sent; undefined for none. */
  body?: string | undefined;
}

/** A POST of a GraphQL document, or of what should be one. */
export function graphqlRequest(name: string, body: unknown): BadRequest {
  return {
    name,
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
