import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** An integer scalar of up to 53 bits: GraphQL's own `Int` has 32, too few for a time in milliseconds. */
function integerScalar(name: string, description: string, least: number): GraphQLScalarType<number, number> {
  const check = (value: unknown): number => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw new GraphQLError(`${name} must be an integer from ${least} to ${Number.MAX_SAFE_INTEGER}`);
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: check,
    parseValue: check,
    parseLiteral: (node) => check(node.kind === Kind.INT ? Number(node.value) : undefined),
  });
}

/** Also counts of bytes, which pass 32 bits as well. */
export const Millis = integerScalar(
  'Millis',
  'Integer within ±2^53: a time in milliseconds since 1970-01-01 UTC, also negative, or a number of what its field names.',
  Number.MIN_SAFE_INTEGER,
);

/** A row's `server_version`. */
export const Version = integerScalar('Version', "A row's server_version: positive integer below 2^53.", 1);
