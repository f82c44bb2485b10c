// Types of what an operation takes and is answered, read from its text and from schema.gql while compiling.
import type { initGraphQLTada, ResultOf, DocumentDecoration } from 'gql.tada';
import type { Introspection } from './schema-types.js';

/** An operation; at run time its text and nothing else. */
export type Operation<Result, Variables> = DocumentDecoration<Result, Variables>;

/**
 * Says that a text is an operation of schema.gql. gql.tada is here for its types alone: its own function would parse
 * the text again on every device. It must be called with the text itself; a generic wrapper costs the compiler minutes.
 */
export const operation = ((text: string) => text) as unknown as ReturnType<
  typeof initGraphQLTada<{
    introspection: Introspection;
    scalars: { Millis: number; Version: number };
    disableMasking: true;
  }>
>;

export type { ResultOf };
